// RUN: portico-opt --portico-fuse='policy=magic' --verify-diagnostics %s
// RUN: echo '{"version": 1, "groups": [{"ops": [0, 2]}]}' > %t.cycle
// RUN: not portico-opt --portico-fuse='plan=%t.cycle' %s 2>&1 | filecheck %s --check-prefix=CYCLE
// RUN: echo '{"version": 1, "groups": [{"ops": [0, 1]}]}' > %t.illegal
// RUN: not portico-opt --portico-fuse='plan=%t.illegal' %s 2>&1 | filecheck %s --check-prefix=ILLEGAL
// RUN: echo '{"version": 1, "groups": [{"ops": [77]}]}' > %t.unknown
// RUN: not portico-opt --portico-fuse='plan=%t.unknown' %s 2>&1 | filecheck %s --check-prefix=UNKNOWN
// RUN: echo 'group everything' > %t.garbage
// RUN: not portico-opt --portico-fuse='plan=%t.garbage' %s 2>&1 | filecheck %s --check-prefix=GARBAGE
// RUN: not portico-opt --portico-fuse='plan=%t.absent' %s 2>&1 | filecheck %s --check-prefix=ABSENT

// CYCLE: error: fusion plan is not legal: the kernel would wait for itself
// ILLEGAL: error: fusion plan is not legal: sort: is a kernel of its own
// UNKNOWN: error: fusion plan: group 0 names an op that this function does not have
// GARBAGE: error: fusion plan is not JSON
// ABSENT: error: [portico-fuse] cannot read the plan

// expected-error@+1 {{[portico-fuse] unknown policy; got 'magic'; expected one of greedy, none}}
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = portico.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %1, %2 = portico.sort %0 {axis = 0 : i64, descending = false} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
  %3 = portico.add %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %3 : tensor<8xf32>
}

// The layout of programs: what is launched, what lies in the arena, which output
// takes the memory of which input.

// An output that the kernel writes where it has just read takes that input.
// RUN: portico-run --describe --donate=0,1 %s | filecheck %s
// CHECK: launches 1, kernels 1, commands 1, arena 0, constants 0
// CHECK-NEXT: output 0: 32 bytes, donor 0
// CHECK-NEXT: output 1: 32 bytes, donor 1
// CHECK-NEXT: output 0: tensor<8xf32> = 0 2 4 6 8 10 12 14
// CHECK-NEXT: output 1: tensor<8xf32> = 0 2 8 18 32 50 72 98

// Nothing may be overwritten.
// RUN: portico-run --describe %s | filecheck %s --check-prefix=KEEP
// KEEP: output 0: 32 bytes, donor -1
// KEEP-NEXT: output 1: 32 bytes, donor -1

func.func @main(%a: tensor<8xf32>, %b: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = portico.add %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %1 = portico.mul %0, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

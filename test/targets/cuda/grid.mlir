// Groups that stream have signals, which are made once: they do not take a second tile, and the
// grid has as many of them as there are tiles.
// REQUIRES: cuda
// RUN: rm -rf %t && portico-run --device=cuda:sm_90a --no-run --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s

// CHECK-NOT: arith.constant 20000000 : index
// CHECK: simt.init_signals
// CHECK-NOT: arith.constant 20000000 : index
func.func @main(%x: tensor<20000000x128x64xbf16>, %y: tensor<20000000x64x128xbf16>) -> tensor<20000000x128x128xbf16> {
  %0 = portico.dot_general %x, %y {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 1>} : (tensor<20000000x128x64xbf16>, tensor<20000000x64x128xbf16>) -> tensor<20000000x128x128xbf16>
  return %0 : tensor<20000000x128x128xbf16>
}

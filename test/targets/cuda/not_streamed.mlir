// Products that copies of tiles cannot feed stay with the matrix instructions of a subgroup, and
// their kernels say why.
// REQUIRES: cuda
// RUN: rm -rf %t && portico-run --device=cuda:sm_90a --no-run --policy=greedy --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s

func.func @main(%a: tensor<128x77xbf16>, %b: tensor<77x128xbf16>, %d: tensor<64x128xf16>, %e: tensor<32x64xf16>) -> (tensor<128x128xbf16>, tensor<32x128xf16>) {
  %0 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<128x77xbf16>, tensor<77x128xbf16>) -> tensor<128x128xbf16>
  %3 = portico.dot_general %e, %d {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<32x64xf16>, tensor<64x128xf16>) -> tensor<32x128xf16>
  return %0, %3 : tensor<128x128xbf16>, tensor<32x128xf16>
}

// CHECK-NOT: simt.copy_tile
// CHECK-DAG: portico.not_streamed = "the left operand has a stride that is no positive multiple of 16 bytes"
// CHECK-DAG: portico.not_streamed = "it is smaller than half a tile"

// Products that copies of tiles cannot feed stay with the matrix instructions of a subgroup, and
// their kernels say why.
// REQUIRES: cuda
// RUN: rm -rf %t && portico-run --device=cuda:sm_90a --no-run --policy=greedy --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s

func.func @main(%a: tensor<128x77xbf16>, %b: tensor<77x128xbf16>, %d: tensor<64x128xf16>, %e: tensor<32x64xf16>,
                %f: tensor<128x128xf32>, %g: tensor<128x160xbf16>, %h: tensor<64x128xbf16>,
                %i: tensor<2x2x2x2x128x64xbf16>, %j: tensor<2x2x2x2x64x128xbf16>,
                %x: tensor<4x64x16x16xf16>, %w: tensor<128x64x3x3xf16>)
    -> (tensor<128x128xbf16>, tensor<32x128xf16>, tensor<128x128xf32>, tensor<128x128xbf16>,
        tensor<128x128xbf16>, tensor<2x2x2x2x128x128xbf16>, tensor<4x128x16x16xf16>) {
  %0 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<128x77xbf16>, tensor<77x128xbf16>) -> tensor<128x128xbf16>
  %1 = portico.dot_general %e, %d {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<32x64xf16>, tensor<64x128xf16>) -> tensor<32x128xf16>
  %2 = portico.dot_general %f, %f {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<128x128xf32>, tensor<128x128xf32>) -> tensor<128x128xf32>
  %3 = portico.kernel "dot" (%x0 = %g, %x1 = %h) : (tensor<128x160xbf16>, tensor<64x128xbf16>) -> tensor<128x128xbf16> {
    %odd = portico.slice %x0 {starts = array<i64: 0, 4>, limits = array<i64: 128, 68>, strides = array<i64: 1, 1>} : (tensor<128x160xbf16>) -> tensor<128x64xbf16>
    %y = portico.dot_general %odd, %x1 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<128x64xbf16>, tensor<64x128xbf16>) -> tensor<128x128xbf16>
    portico.yield %y : tensor<128x128xbf16>
  }
  %4 = portico.kernel "dot" (%x0 = %g, %x1 = %h) : (tensor<128x160xbf16>, tensor<64x128xbf16>) -> tensor<128x128xbf16> {
    %every = portico.slice %x0 {starts = array<i64: 0, 0>, limits = array<i64: 128, 128>, strides = array<i64: 1, 2>} : (tensor<128x160xbf16>) -> tensor<128x64xbf16>
    %y = portico.dot_general %every, %x1 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<128x64xbf16>, tensor<64x128xbf16>) -> tensor<128x128xbf16>
    portico.yield %y : tensor<128x128xbf16>
  }
  %turned = portico.permute %i {permutation = array<i64: 3, 2, 1, 0, 4, 5>} : (tensor<2x2x2x2x128x64xbf16>) -> tensor<2x2x2x2x128x64xbf16>
  %5 = portico.dot_general %turned, %j {lhs_batch = array<i64: 0, 1, 2, 3>, rhs_batch = array<i64: 0, 1, 2, 3>, lhs_contract = array<i64: 5>, rhs_contract = array<i64: 4>} : (tensor<2x2x2x2x128x64xbf16>, tensor<2x2x2x2x64x128xbf16>) -> tensor<2x2x2x2x128x128xbf16>
  %6 = portico.convolution %x, %w {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<4x64x16x16xf16>, tensor<128x64x3x3xf16>) -> tensor<4x128x16x16xf16>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<128x128xbf16>, tensor<32x128xf16>, tensor<128x128xf32>, tensor<128x128xbf16>, tensor<128x128xbf16>, tensor<2x2x2x2x128x128xbf16>, tensor<4x128x16x16xf16>
}

// CHECK-NOT: simt.copy_tile
// CHECK-DAG: portico.not_streamed = "the left operand has a stride that is no positive multiple of 16 bytes"
// CHECK-DAG: portico.not_streamed = "it is smaller than half a tile"
// CHECK-DAG: portico.not_streamed = "no matrix instructions that read group memory have its types"
// CHECK-DAG: portico.not_streamed = "the left operand does not begin at a multiple of 16 bytes"
// CHECK-DAG: portico.not_streamed = "the left operand has no neighbours side by side"
// CHECK-DAG: portico.not_streamed = "the left operand has more than five dimensions"
// CHECK-DAG: portico.not_streamed = "the left operand is computed or found element by element"

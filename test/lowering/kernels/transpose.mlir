// An input that lies across the rows of the result is read along its own rows and
// transposed in registers; the other input is read along the result.
// RUN: portico-opt %s --portico-lower-kernels=vector-bits=128 | filecheck %s

// CHECK-LABEL:   func.func @kernel0
// CHECK-COUNT-4: vector.load %arg0
// CHECK-COUNT-8: vector.shuffle
// CHECK:         vector.load %arg1
// CHECK:         arith.addf
// CHECK:         vector.store
// CHECK-NOT:     vector.gather
func.func @main(%x: tensor<64x128xf32>, %y: tensor<128x64xf32>) -> tensor<128x64xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<64x128xf32>, tensor<128x64xf32>) -> tensor<128x64xf32> {
    %1 = portico.permute %a {permutation = array<i64: 1, 0>} : (tensor<64x128xf32>) -> tensor<128x64xf32>
    %2 = portico.add %1, %b : (tensor<128x64xf32>, tensor<128x64xf32>) -> tensor<128x64xf32>
    portico.yield %2 : tensor<128x64xf32>
  }
  return %0 : tensor<128x64xf32>
}

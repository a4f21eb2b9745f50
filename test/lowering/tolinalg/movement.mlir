// Data movement costs index arithmetic alone: it ends up in the indexing maps.
// RUN: portico-opt %s --portico-to-linalg --split-input-file | filecheck %s

// A permutation and a broadcast of an operand are maps of the generic.
// CHECK-DAG:   [[ID:#.+]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG:   [[T:#.+]] = affine_map<(d0, d1) -> (d1, d0)>
// CHECK-DAG:   [[B:#.+]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func @kernel0(%arg0: memref<3x4xf32>, %arg1: memref<3xf32>, %arg2: memref<4x3xf32>, %arg3: memref<4xi64>)
// CHECK-NEXT:  linalg.generic {indexing_maps = {{\[}}[[T]], [[B]], [[ID]]{{\]}}
// CHECK-NOT:   linalg.generic
func.func @main(%x: tensor<3x4xf32>, %y: tensor<3xf32>) -> tensor<4x3xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<3x4xf32>, tensor<3xf32>) -> tensor<4x3xf32> {
    %1 = portico.permute %a {permutation = array<i64: 1, 0>} : (tensor<3x4xf32>) -> tensor<4x3xf32>
    %2 = portico.broadcast %b {shape = array<i64: 4, 3>, dims = array<i64: 1>} : (tensor<3xf32>) -> tensor<4x3xf32>
    %3 = portico.add %1, %2 : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
    portico.yield %3 : tensor<4x3xf32>
  }
  return %0 : tensor<4x3xf32>
}

// -----

// A slice with strides and a reversal compose into one affine access.
// CHECK-DAG:   [[S:#.+]] = affine_map<(d0) -> (d0 * -2 + 7)>
// CHECK-LABEL: func.func @kernel0
// CHECK:       linalg.generic {indexing_maps = {{\[}}[[S]],
func.func @main(%x: tensor<10xf32>) -> tensor<4xf32> {
  %0 = portico.kernel "loop" (%a = %x) : (tensor<10xf32>) -> tensor<4xf32> {
    %1 = portico.slice %a {starts = array<i64: 1>, limits = array<i64: 9>, strides = array<i64: 2>} : (tensor<10xf32>) -> tensor<4xf32>
    %2 = portico.reverse %1 {axes = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>
    portico.yield %2 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// Reshapes around an elementwise op refine the iteration space: nothing is divided.
// CHECK-NOT:   floordiv
// CHECK-LABEL: func.func @kernel0(%arg0: memref<2x12xf32>, %arg1: memref<2x3x4xf32>, %arg2: memref<2x3x4xf32>
// CHECK:       linalg.generic
func.func @main(%x: tensor<2x12xf32>, %y: tensor<2x3x4xf32>) -> tensor<6x4xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<2x12xf32>, tensor<2x3x4xf32>) -> tensor<6x4xf32> {
    %1 = portico.reshape %a {shape = array<i64: 2, 3, 4>} : (tensor<2x12xf32>) -> tensor<2x3x4xf32>
    %2 = portico.add %1, %b : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
    %3 = portico.reshape %2 {shape = array<i64: 6, 4>} : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
    portico.yield %3 : tensor<6x4xf32>
  }
  return %0 : tensor<6x4xf32>
}

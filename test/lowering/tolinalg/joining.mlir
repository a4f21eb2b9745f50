// Where an element comes from is a condition on its index.
// RUN: portico-opt %s --portico-to-linalg --split-input-file | filecheck %s

// Only sides that are padded are tested.
// CHECK-LABEL: func.func @kernel0
// CHECK:       [[I:%.+]] = linalg.index 0
// CHECK:       [[TEST:%.+]] = arith.cmpi sge, [[I]], %c2
// CHECK-NOT:   arith.cmpi
// CHECK:       scf.if [[TEST]]
// CHECK:         memref.load %arg0
// CHECK:       else
func.func @main(%x: tensor<5xf32>, %v: tensor<f32>) -> tensor<7xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %v) : (tensor<5xf32>, tensor<f32>) -> tensor<7xf32> {
    %1 = portico.pad %a, %b {low = array<i64: 2>, high = array<i64: 0>} : (tensor<5xf32>, tensor<f32>) -> tensor<7xf32>
    portico.yield %1 : tensor<7xf32>
  }
  return %0 : tensor<7xf32>
}

// -----

// Three operands are a decision of depth two.
// CHECK-LABEL: func.func @kernel0
// CHECK:       scf.if
// CHECK:         memref.load %arg0
// CHECK:       else
// CHECK:         scf.if
// CHECK:           memref.load %arg1
// CHECK:         else
// CHECK:           memref.load %arg2
func.func @main(%x: tensor<2xi1>, %y: tensor<3xi1>, %z: tensor<4xi1>) -> tensor<9xi1> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y, %c = %z) : (tensor<2xi1>, tensor<3xi1>, tensor<4xi1>) -> tensor<9xi1> {
    %1 = portico.concat %a, %b, %c {axis = 0 : i64} : (tensor<2xi1>, tensor<3xi1>, tensor<4xi1>) -> tensor<9xi1>
    portico.yield %1 : tensor<9xi1>
  }
  return %0 : tensor<9xi1>
}

// -----

// The operand of update_slice is read where the result is written, so that both may
// be one memory; only the update is guarded.
// CHECK-LABEL: func.func @kernel0
// CHECK:       ins(%arg0 : memref<8xf32>)
// CHECK:       ^bb0([[X:%.+]]: f32, %{{.*}}: f32):
// CHECK:       scf.if
// CHECK:         memref.load %arg1
// CHECK:       else
// CHECK:         scf.yield [[X]]
func.func @main(%x: tensor<8xf32>, %u: tensor<2xf32>) -> tensor<8xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %u) : (tensor<8xf32>, tensor<2xf32>) -> tensor<8xf32> {
    %1 = portico.update_slice %a, %b {starts = array<i64: 1>, strides = array<i64: 3>} : (tensor<8xf32>, tensor<2xf32>) -> tensor<8xf32>
    portico.yield %1 : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}

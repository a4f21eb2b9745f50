// Kernels without reductions: flat, in rows, across short rows.
// RUN: portico-opt %s --portico-lower-kernels=vector-bits=512 --split-input-file | filecheck %s

// Operands that lie alike collapse to one dimension; a whole vector at a time, then
// the rest under a mask. The scalar is loaded once.
// CHECK-LABEL: func.func @kernel0
// CHECK-SAME:  portico.extent = 35 : i64
// CHECK:       [[S:%.+]] = memref.load %arg1
// CHECK:       scf.for {{.*}} step %c16
// CHECK-NEXT:    vector.load %arg0
// CHECK-NOT:     memref.load
// CHECK:         vector.store
// CHECK:       scf.if
// CHECK:         vector.create_mask
// CHECK:         vector.maskedload %arg0
// CHECK:         vector.maskedstore
func.func @main(%x: tensor<5x7xf32>, %s: tensor<f32>) -> tensor<5x7xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %s) : (tensor<5x7xf32>, tensor<f32>) -> tensor<5x7xf32> {
    %1 = portico.broadcast %b {shape = array<i64: 5, 7>, dims = array<i64>} : (tensor<f32>) -> tensor<5x7xf32>
    %2 = portico.mul %a, %1 : (tensor<5x7xf32>, tensor<5x7xf32>) -> tensor<5x7xf32>
    portico.yield %2 : tensor<5x7xf32>
  }
  return %0 : tensor<5x7xf32>
}

// -----

// A row vector keeps two dimensions apart; rows of whole vectors need no mask.
// CHECK-LABEL: func.func @kernel0
// CHECK-SAME:  portico.extent = 9 : i64
// CHECK:       scf.for
// CHECK:         scf.for {{.*}} step %c16
// CHECK:           vector.load %arg0
// CHECK:           vector.load %arg1
// CHECK-NOT:   create_mask
func.func @main(%x: tensor<9x32xf32>, %y: tensor<32xf32>) -> tensor<9x32xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<9x32xf32>, tensor<32xf32>) -> tensor<9x32xf32> {
    %1 = portico.broadcast %b {shape = array<i64: 9, 32>, dims = array<i64: 1>} : (tensor<32xf32>) -> tensor<9x32xf32>
    %2 = portico.add %a, %1 : (tensor<9x32xf32>, tensor<9x32xf32>) -> tensor<9x32xf32>
    portico.yield %2 : tensor<9x32xf32>
  }
  return %0 : tensor<9x32xf32>
}

// -----

// Rows of three would leave most lanes idle: lanes run on across rows, and what is
// indexed by the column is gathered.
// CHECK-LABEL: func.func @kernel0
// CHECK-SAME:  portico.extent = 300 : i64
// CHECK:       vector.load %arg0
// CHECK:       arith.remui {{.*}} : vector<16xi32>
// CHECK:       vector.gather %arg1
func.func @main(%x: tensor<100x3xf32>, %y: tensor<3xf32>) -> tensor<100x3xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<100x3xf32>, tensor<3xf32>) -> tensor<100x3xf32> {
    %1 = portico.broadcast %b {shape = array<i64: 100, 3>, dims = array<i64: 1>} : (tensor<3xf32>) -> tensor<100x3xf32>
    %2 = portico.add %a, %1 : (tensor<100x3xf32>, tensor<100x3xf32>) -> tensor<100x3xf32>
    portico.yield %2 : tensor<100x3xf32>
  }
  return %0 : tensor<100x3xf32>
}

// -----

// Nothing to do is no phase at all.
// CHECK-NOT:   func.func
func.func @main(%x: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %0 = portico.kernel "loop" (%a = %x) : (tensor<0x3xf32>) -> tensor<0x3xf32> {
    %1 = portico.neg %a : (tensor<0x3xf32>) -> tensor<0x3xf32>
    portico.yield %1 : tensor<0x3xf32>
  }
  return %0 : tensor<0x3xf32>
}

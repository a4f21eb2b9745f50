// A condition that is the same in all lanes is a branch, any other a mask.
// RUN: portico-opt %s --portico-lower-kernels=vector-bits=512 --split-input-file | filecheck %s

// CHECK-LABEL: func.func @kernel0
// CHECK:       scf.for
// CHECK:       scf.if {{.*}} -> (vector<16xf32>)
// CHECK:         vector.load %arg0
// CHECK:       else
// CHECK:         vector.load %arg1
// CHECK-NOT:   vector.maskedload
func.func @main(%x: tensor<3x32xf32>, %y: tensor<2x32xf32>) -> tensor<5x32xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<3x32xf32>, tensor<2x32xf32>) -> tensor<5x32xf32> {
    %1 = portico.concat %a, %b {axis = 0 : i64} : (tensor<3x32xf32>, tensor<2x32xf32>) -> tensor<5x32xf32>
    portico.yield %1 : tensor<5x32xf32>
  }
  return %0 : tensor<5x32xf32>
}

// -----

// CHECK-LABEL: func.func @kernel0
// CHECK:       [[M:%.+]] = arith.cmpi sge, {{.*}} : vector<16xi32>
// CHECK:       vector.maskedload %arg0{{.*}}, [[M]]
// CHECK:       vector.maskedload %arg1
// CHECK:       arith.select [[M]]
func.func @main(%x: tensor<4x20xf32>, %y: tensor<4x12xf32>) -> tensor<4x32xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<4x20xf32>, tensor<4x12xf32>) -> tensor<4x32xf32> {
    %1 = portico.concat %a, %b {axis = 1 : i64} : (tensor<4x20xf32>, tensor<4x12xf32>) -> tensor<4x32xf32>
    portico.yield %1 : tensor<4x32xf32>
  }
  return %0 : tensor<4x32xf32>
}

// -----

// A run-time index that is the same along the row: a scalar check, contiguous loads.
// CHECK-LABEL: func.func @kernel0
// CHECK:       memref.load %arg1
// CHECK:       scf.if
// CHECK:         memref.store {{.*}}, %arg7
// CHECK:       vector.load %arg0
// CHECK-NOT:   vector.gather
func.func @main(%x: tensor<50x64xf32>, %i: tensor<9xi64>) -> tensor<9x64xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %i) : (tensor<50x64xf32>, tensor<9xi64>) -> tensor<9x64xf32> {
    %1 = portico.gather %a, %b {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<50x64xf32>, tensor<9xi64>) -> tensor<9x64xf32>
    portico.yield %1 : tensor<9x64xf32>
  }
  return %0 : tensor<9x64xf32>
}

// -----

// One that differs: a gather, and errors are looked for lane by lane only where some
// lane has one.
// CHECK-LABEL: func.func @kernel0
// CHECK:       [[ANY:%.+]] = vector.reduction <or>
// CHECK-NEXT:  scf.if [[ANY]]
// CHECK:         scf.for
// CHECK:           memref.store {{.*}}, %arg7
// CHECK:       vector.gather %arg0
func.func @main(%x: tensor<50xf32>, %i: tensor<64xi64>) -> tensor<64xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %i) : (tensor<50xf32>, tensor<64xi64>) -> tensor<64xf32> {
    %1 = portico.gather %a, %b {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<50xf32>, tensor<64xi64>) -> tensor<64xf32>
    portico.yield %1 : tensor<64xf32>
  }
  return %0 : tensor<64xf32>
}

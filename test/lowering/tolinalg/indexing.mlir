// Run-time indices are checked, clamped, and used like any other.
// RUN: portico-opt %s --portico-to-linalg --split-input-file | filecheck %s

// A bad index stores its code, value, bound and op, and reads element 0.
// CHECK-LABEL: func.func @kernel0
// CHECK:       [[BAD:%.+]] = arith.cmpi uge, [[I:%.+]], %c7
// CHECK:       scf.if [[BAD]]
// CHECK:         memref.store %c1_i64, %arg3
// CHECK:         memref.store [[I]], %arg3
// CHECK:         memref.store %c7{{.*}}, %arg3
// CHECK:         memref.store %c0_i64{{.*}}, %arg3
// CHECK:       [[K:%.+]] = arith.select [[BAD]], %c0{{.*}}, [[I]]
// CHECK:       [[AT:%.+]] = arith.index_cast [[K]]
// CHECK:       memref.load %arg0{{\[}}[[AT]],
func.func @main(%x: tensor<7x4xf32>, %i: tensor<3xi64>) -> tensor<3x4xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %i) : (tensor<7x4xf32>, tensor<3xi64>) -> tensor<3x4xf32> {
    %1 = portico.gather %a, %b {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<7x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
    portico.yield %1 : tensor<3x4xf32>
  }
  return %0 : tensor<3x4xf32>
}

// -----

// The start of a window is clamped so that the window lies within.
// CHECK-LABEL: func.func @kernel0
// CHECK:       arith.maxsi %{{.+}}, %c0
// CHECK:       arith.minsi %{{.+}}, %c6
// CHECK:       memref.load %arg0
func.func @main(%x: tensor<10xf32>, %s: tensor<i64>) -> tensor<4xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %s) : (tensor<10xf32>, tensor<i64>) -> tensor<4xf32> {
    %1 = portico.dynamic_slice %a, %b {sizes = array<i64: 4>} : (tensor<10xf32>, tensor<i64>) -> tensor<4xf32>
    portico.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// A row kernel is a stage per reduction, per costly shared value, and per result.
// RUN: portico-opt %s --portico-to-linalg --split-input-file | filecheck %s

// Softmax: exp is needed for the sum and for the result, so it is kept.
// CHECK-LABEL: func.func @kernel0
// CHECK:       [[MAX:%.+]] = memref.alloc() : memref<4xf32>
// CHECK:       linalg.generic {{.*}}"parallel", "reduction"]} ins(%arg0 : memref<4x9xf32>) outs([[MAX]] :
// CHECK:       arith.maximumf
// CHECK:       [[EXP:%.+]] = memref.alloc() : memref<4x9xf32>
// CHECK:       linalg.generic {{.*}} outs([[EXP]] :
// CHECK:       math.exp
// CHECK:       [[SUM:%.+]] = memref.alloc() : memref<4xf32>
// CHECK:       linalg.generic {{.*}} ins([[EXP]] : memref<4x9xf32>) outs([[SUM]] :
// CHECK:       linalg.generic {{.*}} ins([[EXP]], [[SUM]] : {{.*}} outs(%arg1
// CHECK:       arith.divf
// CHECK-NOT:   math.exp
func.func @main(%x: tensor<4x9xf32>) -> tensor<4x9xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<4x9xf32>) -> tensor<4x9xf32> {
    %1 = portico.reduce max %a {axes = array<i64: 1>} : (tensor<4x9xf32>) -> tensor<4xf32>
    %2 = portico.broadcast %1 {shape = array<i64: 4, 9>, dims = array<i64: 0>} : (tensor<4xf32>) -> tensor<4x9xf32>
    %3 = portico.sub %a, %2 : (tensor<4x9xf32>, tensor<4x9xf32>) -> tensor<4x9xf32>
    %4 = portico.exp %3 : (tensor<4x9xf32>) -> tensor<4x9xf32>
    %5 = portico.reduce sum %4 {axes = array<i64: 1>} : (tensor<4x9xf32>) -> tensor<4xf32>
    %6 = portico.broadcast %5 {shape = array<i64: 4, 9>, dims = array<i64: 0>} : (tensor<4xf32>) -> tensor<4x9xf32>
    %7 = portico.div %4, %6 : (tensor<4x9xf32>, tensor<4x9xf32>) -> tensor<4x9xf32>
    portico.yield %7 : tensor<4x9xf32>
  }
  return %0 : tensor<4x9xf32>
}

// -----

// arg_reduce carries value and index; the first of equals wins, nan before all.
// CHECK-LABEL: func.func @kernel0
// CHECK:       linalg.fill ins(%{{.+}} : f32)
// CHECK:       linalg.fill ins(%{{.+}} : i64)
// CHECK:       linalg.generic
// CHECK:       linalg.index 1
// CHECK:       arith.cmpf uno
// CHECK:       arith.cmpi slt
// CHECK:       linalg.yield %{{.+}}, %{{.+}} : f32, i64
func.func @main(%x: tensor<4x9xf32>) -> tensor<4xi64> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<4x9xf32>) -> tensor<4xi64> {
    %1 = portico.arg_reduce max %a {axis = 1 : i64} : (tensor<4x9xf32>) -> tensor<4xi64>
    portico.yield %1 : tensor<4xi64>
  }
  return %0 : tensor<4xi64>
}

// -----

// The sum of no elements is a constant.
// CHECK-LABEL: func.func @kernel0
// CHECK-NOT:   "reduction"
// CHECK:       arith.constant 0.0
func.func @main(%x: tensor<0x3xf32>) -> tensor<3xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<0x3xf32>) -> tensor<3xf32> {
    %1 = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<0x3xf32>) -> tensor<3xf32>
    portico.yield %1 : tensor<3xf32>
  }
  return %0 : tensor<3xf32>
}

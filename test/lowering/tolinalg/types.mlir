// Half types are computed in f32, booleans stored as bytes, ui8 is unsigned.
// RUN: portico-opt %s --portico-to-linalg --split-input-file | filecheck %s

// One rounding, at the edge of the kernel.
// CHECK-LABEL: func.func @kernel0(%arg0: memref<8xf16>, %arg1: memref<8xf16>
// CHECK:       arith.extf {{.*}} : f16 to f32
// CHECK:       arith.mulf {{.*}} : f32
// CHECK:       math.exp {{.*}} : f32
// CHECK:       arith.truncf {{.*}} : f32 to f16
// CHECK-NOT:   arith.truncf
func.func @main(%x: tensor<8xf16>) -> tensor<8xf16> {
  %0 = portico.kernel "loop" (%a = %x) : (tensor<8xf16>) -> tensor<8xf16> {
    %1 = portico.mul %a, %a : (tensor<8xf16>, tensor<8xf16>) -> tensor<8xf16>
    %2 = portico.exp %1 : (tensor<8xf16>) -> tensor<8xf16>
    portico.yield %2 : tensor<8xf16>
  }
  return %0 : tensor<8xf16>
}

// -----

// CHECK-LABEL: func.func @kernel0(%arg0: memref<8xi8>, %arg1: memref<8xi8>, %arg2: memref<8xi8>
// CHECK:       [[R:%.+]] = arith.cmpi ult
// CHECK:       arith.extui [[R]] : i1 to i8
func.func @main(%x: tensor<8xui8>, %y: tensor<8xui8>) -> tensor<8xi1> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<8xui8>, tensor<8xui8>) -> tensor<8xi1> {
    %1 = portico.compare lt %a, %b : (tensor<8xui8>, tensor<8xui8>) -> tensor<8xi1>
    portico.yield %1 : tensor<8xi1>
  }
  return %0 : tensor<8xi1>
}

// -----

// Division never traps: the divisor is replaced where it is 0 or -1.
// CHECK-LABEL: func.func @kernel0
// CHECK:       [[SAFE:%.+]] = arith.select {{.*}}, %c1_i32, [[Y:%.+]] : i32
// CHECK:       arith.divsi %{{.+}}, [[SAFE]]
func.func @main(%x: tensor<8xi32>, %y: tensor<8xi32>) -> tensor<8xi32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32> {
    %1 = portico.div %a, %b : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
    portico.yield %1 : tensor<8xi32>
  }
  return %0 : tensor<8xi32>
}

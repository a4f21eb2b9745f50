// Each kernel becomes a function over memory; the figures of the target are options.
// RUN: portico-opt %s --portico-lower-kernels | filecheck %s
// RUN: portico-opt %s --portico-lower-kernels=vector-bits=512 | filecheck %s --check-prefix=WIDE

// The function that held the kernels is gone.
// CHECK-NOT:   @main
// CHECK:       func.func @kernel0(%arg0: memref<{{[0-9]+}}xf32>, %arg1: memref<{{[0-9]+}}xf32>, %arg2: memref<0xi8>, %arg3: memref<0xi8>, %arg4: index, %arg5: index, %arg6: memref<4xi64>)
// CHECK-SAME:  portico.extent = 1000 : i64
// CHECK:       scf.for
// CHECK:       [[X:%.+]] = vector.load %arg0[{{.*}}vector<8xf32>
// CHECK-NEXT:  [[Y:%.+]] = arith.negf [[X]] : vector<8xf32>
// CHECK-NEXT:  vector.store [[Y]], %arg1
// CHECK:       func.func @kernel1(
// CHECK:       arith.addf
// CHECK-NOT:   portico.kernel

// WIDE:        func.func @kernel0
// WIDE:        vector.load {{.*}}vector<16xf32>
func.func @main(%x: tensor<1000xf32>) -> tensor<1000xf32> {
  %0 = portico.kernel "loop" (%a = %x) : (tensor<1000xf32>) -> tensor<1000xf32> {
    %2 = portico.neg %a : (tensor<1000xf32>) -> tensor<1000xf32>
    portico.yield %2 : tensor<1000xf32>
  }
  %1 = portico.kernel "loop" (%a = %0, %b = %x) : (tensor<1000xf32>, tensor<1000xf32>) -> tensor<1000xf32> {
    %2 = portico.add %a, %b : (tensor<1000xf32>, tensor<1000xf32>) -> tensor<1000xf32>
    portico.yield %2 : tensor<1000xf32>
  }
  return %1 : tensor<1000xf32>
}

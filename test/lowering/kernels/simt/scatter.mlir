// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" | filecheck %s

// Each work-item owns some rows of a column and goes through all indices: no
// atomics, and updates are taken in the order of the indices.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK: scf.for
// CHECK: memref.load {{.*}} : memref<40xi64, #gpu.address_space<global>>
// CHECK: arith.cmpi eq
// CHECK: arith.addf
// CHECK-NOT: atomic
func.func @scatter(%x: tensor<50x8xf32>, %i: tensor<40xi64>, %u: tensor<40x8xf32>) -> tensor<50x8xf32> {
  %0 = portico.kernel "scatter" (%a = %x, %b = %i, %c = %u) : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32> {
    %1 = portico.scatter add %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32>
    portico.yield %1 : tensor<50x8xf32>
  }
  return %0 : tensor<50x8xf32>
}

// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" | filecheck %s

// A tile through group memory: read along the columns of x, written along the rows
// of y.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(%{{.*}} : memref<4224xi8, #gpu.address_space<workgroup>>)
// CHECK-SAME: portico.grid = array<i64: 128, 1, 1>
// CHECK-COUNT-4: memref.store {{.*}}#gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// CHECK: memref.load {{.*}} : memref<1056xf32, #gpu.address_space<workgroup>>
// CHECK: arith.negf
// CHECK: memref.store {{.*}}#gpu.address_space<global>>
func.func @transpose(%x: tensor<500x250xf32>) -> tensor<250x500xf32> {
  %0 = portico.kernel "loop" (%a = %x) : (tensor<500x250xf32>) -> tensor<250x500xf32> {
    %1 = portico.permute %a {permutation = array<i64: 1, 0>} : (tensor<500x250xf32>) -> tensor<250x500xf32>
    %2 = portico.neg %1 : (tensor<250x500xf32>) -> tensor<250x500xf32>
    portico.yield %2 : tensor<250x500xf32>
  }
  return %0 : tensor<250x500xf32>
}

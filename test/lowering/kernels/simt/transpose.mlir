// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s
// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32 group-memory=8000" | filecheck %s --check-prefix=SMALL

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

// -----

// Two tiles lie side by side. Where group memory has room for one, the other input is read
// where it lies.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(%{{.*}} : memref<8448xi8, #gpu.address_space<workgroup>>)
// CHECK-COUNT-8: memref.store {{.*}}#gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// SMALL: gpu.func @kernel0({{.*}} %arg2: memref<1099511627776xf32,
// SMALL-SAME: workgroup(%{{.*}} : memref<4224xi8, #gpu.address_space<workgroup>>)
// SMALL-COUNT-4: memref.store {{.*}}#gpu.address_space<workgroup>>
// SMALL-NOT: memref.store
// SMALL: gpu.barrier
// SMALL: memref.load {{.*}}#gpu.address_space<workgroup>>
// SMALL: memref.load {{.*}}#gpu.address_space<global>>
// SMALL: arith.addf
func.func @two(%x: tensor<500x250xf32>, %y: tensor<500x250xf32>) -> tensor<250x500xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<500x250xf32>, tensor<500x250xf32>) -> tensor<250x500xf32> {
    %1 = portico.permute %a {permutation = array<i64: 1, 0>} : (tensor<500x250xf32>) -> tensor<250x500xf32>
    %2 = portico.permute %b {permutation = array<i64: 1, 0>} : (tensor<500x250xf32>) -> tensor<250x500xf32>
    %3 = portico.add %1, %2 : (tensor<250x500xf32>, tensor<250x500xf32>) -> tensor<250x500xf32>
    portico.yield %3 : tensor<250x500xf32>
  }
  return %0 : tensor<250x500xf32>
}

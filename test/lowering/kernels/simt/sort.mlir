// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" | filecheck %s

// A radix sort: begin, then count, place and move, which are launched once for each
// digit, then finish. Five functions, however wide the key.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-NOT: workgroup(
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK-SAME: workgroup(%{{.*}} : memref<16384xi8, #gpu.address_space<workgroup>>)
// CHECK: gpu.barrier
// CHECK-LABEL: gpu.func @kernel0_2(
// CHECK-SAME: workgroup(%{{.*}} : memref<1024xi8, #gpu.address_space<workgroup>>)
// CHECK-LABEL: gpu.func @kernel0_3(
// CHECK-COUNT-2: gpu.barrier
// CHECK-LABEL: gpu.func @kernel0_25(
// CHECK-NOT: gpu.func
func.func @sort(%x: tensor<20000xf32>) -> (tensor<20000xf32>, tensor<20000xi64>) {
  %0:2 = portico.kernel "sort" (%a = %x) : (tensor<20000xf32>) -> (tensor<20000xf32>, tensor<20000xi64>) {
    %1:2 = portico.sort %a {axis = 0 : i64, descending = false} : (tensor<20000xf32>) -> (tensor<20000xf32>, tensor<20000xi64>)
    portico.yield %1#0, %1#1 : tensor<20000xf32>, tensor<20000xi64>
  }
  return %0#0, %0#1 : tensor<20000xf32>, tensor<20000xi64>
}

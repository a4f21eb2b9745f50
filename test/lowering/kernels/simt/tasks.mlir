// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" | filecheck %s

// A strategy without a form for work-groups: one work-item for each task.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK: %[[EXTENT:.*]] = arith.index_cast
// CHECK: gpu.grid_dim
// CHECK: arith.minui
// CHECK: arith.cmpi ult
// CHECK: scf.if
func.func @sort(%x: tensor<100x7xf32>) -> (tensor<100x7xf32>, tensor<100x7xi64>) {
  %0:2 = portico.kernel "sort" (%a = %x) : (tensor<100x7xf32>) -> (tensor<100x7xf32>, tensor<100x7xi64>) {
    %1:2 = portico.sort %a {axis = 1 : i64, descending = false} : (tensor<100x7xf32>) -> (tensor<100x7xf32>, tensor<100x7xi64>)
    portico.yield %1#0, %1#1 : tensor<100x7xf32>, tensor<100x7xi64>
  }
  return %0#0, %0#1 : tensor<100x7xf32>, tensor<100x7xi64>
}

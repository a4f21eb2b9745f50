// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" | filecheck %s

// Each kernel has a gpu.module of its own, with its tables in it. What held the kernels may have the
// name of one of them.
// CHECK: module attributes {gpu.container_module}
// CHECK-NOT: func.func
// CHECK: gpu.module @kernels {
// CHECK: memref.global "private" constant @table_0 : memref<4xf32, #gpu.address_space<global>> = dense<[1.000000e+00,
// CHECK: gpu.func @kernel0(
// CHECK: memref.get_global @table_0
// CHECK: gpu.module @kernels_1 {
// CHECK: memref.global "private" constant @table_0 : memref<4xf32, #gpu.address_space<global>> = dense<[5.000000e+00,
// CHECK: gpu.func @kernel1(
// CHECK: memref.get_global @table_0
// CHECK-NOT: func.func
func.func @kernel0(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = portico.kernel "dot" (%a = %x) : (tensor<2x2xf32>) -> tensor<2x2xf32> {
    %1 = portico.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
    %2 = portico.dot_general %a, %1 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
    portico.yield %2 : tensor<2x2xf32>
  }
  %1 = portico.kernel "dot" (%a = %0) : (tensor<2x2xf32>) -> tensor<2x2xf32> {
    %2 = portico.constant dense<[[5.0, 6.0], [7.0, 8.0]]> : tensor<2x2xf32>
    %3 = portico.dot_general %a, %2 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
    portico.yield %3 : tensor<2x2xf32>
  }
  return %1 : tensor<2x2xf32>
}

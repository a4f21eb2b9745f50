// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s

// One long line: the totals of its chunks, what comes before each, and the chunks.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 5, 1, 1>
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK-NOT: gpu.barrier
// CHECK-LABEL: gpu.func @kernel0_2(
// CHECK-SAME: portico.grid = array<i64: 5, 1, 1>
// CHECK-COUNT-17: gpu.barrier
// CHECK-NOT: gpu.barrier
func.func @long(%x: tensor<20000xf32>) -> tensor<20000xf32> {
  %0 = portico.kernel "scan" (%a = %x) : (tensor<20000xf32>) -> tensor<20000xf32> {
    %1 = portico.scan sum %a {axis = 0 : i64, reverse = false} : (tensor<20000xf32>) -> tensor<20000xf32>
    portico.yield %1 : tensor<20000xf32>
  }
  return %0 : tensor<20000xf32>
}

// -----

// Short lines: a work-item for each.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 32, 1, 1>
// CHECK-NOT: gpu.barrier
func.func @short(%x: tensor<1000x20xf32>) -> tensor<1000x20xf32> {
  %0 = portico.kernel "scan" (%a = %x) : (tensor<1000x20xf32>) -> tensor<1000x20xf32> {
    %1 = portico.scan sum %a {axis = 1 : i64, reverse = false} : (tensor<1000x20xf32>) -> tensor<1000x20xf32>
    portico.yield %1 : tensor<1000x20xf32>
  }
  return %0 : tensor<1000x20xf32>
}

// A sort of which only the values, or only the indices, are read.

// RUN: portico-run --inputs=count %s | filecheck %s
// CHECK: output 0: tensor<4xf32> = -0 -1 -2 -3
// CHECK-NEXT: output 1: tensor<4xi64> = 3 2 1 0

func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>) {
  %0 = portico.neg %x : (tensor<4xf32>) -> tensor<4xf32>
  %1:2 = portico.sort %0 {axis = 0 : i64, descending = true} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  %2:2 = portico.sort %0 {axis = 0 : i64, descending = false} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  return %1#0, %2#1 : tensor<4xf32>, tensor<4xi64>
}

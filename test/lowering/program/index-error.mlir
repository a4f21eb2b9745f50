// A kernel reports an index with its own count of ops; the run translates it to the
// op of the program that was compiled, which simplification and fusion have moved.

// RUN: portico-run %s | filecheck %s
// CHECK: error 5 at op 2: [gather] index out of range; got 5; expected at least 0 and below 3
// CHECK: output 0: tensor<6xf32> = -0 -2 -4

func.func @main(%x: tensor<3xf32>, %i: tensor<6xi64>) -> tensor<6xf32> {
  %0 = portico.add %x, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %1 = portico.abs %0 : (tensor<3xf32>) -> tensor<3xf32>
  %2 = portico.gather %0, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<3xf32>, tensor<6xi64>) -> tensor<6xf32>
  %3 = portico.neg %2 : (tensor<6xf32>) -> tensor<6xf32>
  return %3 : tensor<6xf32>
}

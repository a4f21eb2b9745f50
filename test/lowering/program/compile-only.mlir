// Compiling without running leaves every stage and the program, and runs nothing: the index
// that is out of range is not found.

// RUN: rm -rf %t && portico-run --compile-only -o %t %s
// RUN: ls %t | filecheck %s
// CHECK-DAG: 0.input
// CHECK-DAG: program.portico
// RUN: head -c 8 %t/program.portico | filecheck %s --check-prefix=MAGIC
// MAGIC: PRTC

func.func @main(%x: tensor<3xf32>, %i: tensor<6xi64>) -> tensor<6xf32> {
  %0 = portico.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<3xf32>, tensor<6xi64>) -> tensor<6xf32>
  return %0 : tensor<6xf32>
}

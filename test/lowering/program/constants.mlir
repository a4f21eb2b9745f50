// Constants that reach an output are part of the program; equal ones are stored
// once, large repeated ones are written in each run.

// RUN: portico-run --describe %s | filecheck %s
// CHECK: launches 0, kernels 0, commands 4, arena 0, constants 64
// CHECK: output 0: tensor<3xi1> = 1 0 1
// CHECK-NEXT: output 1: tensor<3xi1> = 1 0 1
// CHECK-NEXT: output 2: tensor<10000xf16> = 2.5 2.5
// CHECK: output 3: tensor<3x1xi1> = 1 0 1

func.func @main() -> (tensor<3xi1>, tensor<3xi1>, tensor<10000xf16>, tensor<3x1xi1>) {
  %0 = portico.constant dense<[true, false, true]> : tensor<3xi1>
  %1 = portico.constant dense<[true, false, true]> : tensor<3xi1>
  %2 = portico.constant dense<2.5> : tensor<10000xf16>
  %3 = portico.reshape %0 {shape = array<i64: 3, 1>} : (tensor<3xi1>) -> tensor<3x1xi1>
  return %0, %1, %2, %3 : tensor<3xi1>, tensor<3xi1>, tensor<10000xf16>, tensor<3x1xi1>
}

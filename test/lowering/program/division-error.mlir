// Dividing an integer by 0 is reported like a bad index, and the quotient counts as 0.
// The input is 0 1 2 3 4 5.

// RUN: portico-run %s | filecheck %s
// CHECK: error 7 at op 1: [rem] integer division by zero; got a divisor of 0
// CHECK: output 0: tensor<6xi64> = 0 -1 0 -1 -1 -2

func.func @main(%x: tensor<6xi64>) -> tensor<6xi64> {
  %0 = portico.constant dense<[0, 2, 1, 2, 3, 3]> : tensor<6xi64>
  %1 = portico.rem %x, %0 : (tensor<6xi64>, tensor<6xi64>) -> tensor<6xi64>
  %2 = portico.neg %1 : (tensor<6xi64>) -> tensor<6xi64>
  return %2 : tensor<6xi64>
}

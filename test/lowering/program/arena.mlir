// A chain of kernels needs one place in the arena: each writes over what it reads.
// Equal kernels, here the two products, are compiled once.

// RUN: portico-run --policy=none --describe %s | filecheck %s
// CHECK: launches 4, kernels 3, commands 4, arena 64, constants 0
// CHECK-NEXT: output 0: 32 bytes, donor -1
// CHECK-NEXT: output 0: tensor<8xf32> = 0 3 20 63 144 275 468 735

func.func @main(%a: tensor<8xf32>) -> tensor<8xf32> {
  %0 = portico.add %a, %a : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %1 = portico.mul %0, %a : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %2 = portico.add %1, %a : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %3 = portico.mul %2, %a : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %3 : tensor<8xf32>
}

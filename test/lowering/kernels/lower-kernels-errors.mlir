// A category that no strategy lowers is an error of the compiler, at the kernel.
// RUN: portico-opt %s --portico-lower-kernels --verify-diagnostics

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{no strategy for kernels of category 'unheard-of'}}
  %0 = portico.kernel "unheard-of" (%a = %x) : (tensor<4xf32>) -> tensor<4xf32> {
    %1 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
    portico.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// What is no loop over elements is refused in both forms of a kernel.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics

func.func @product(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = portico.kernel "loop" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    // expected-error@+1 {{[to-linalg] an op is no loop over elements; got portico.dot_general; expected elementwise ops, data movement and reductions}}
    %1 = portico.dot_general %a0, %a0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @reduction(%x0: tensor<64x64xf32>) -> tensor<64xf32> {
  %0 = portico.kernel "loop" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64xf32> {
    // expected-error@+1 {{[to-linalg] a reduction is no stage of its kernel; expected it in a kernel of category 'row'}}
    %1 = portico.reduce sum %a0 {axes = array<i64: 0>} : (tensor<64x64xf32>) -> tensor<64xf32>
    portico.yield %1 : tensor<64xf32>
  }
  return %0 : tensor<64xf32>
}

// -----

// A dtype that no strategy knows is none of the dialect's.
func.func @mixed(%x0: tensor<64xcomplex<f32>>) -> tensor<64xcomplex<f32>> {
  // expected-error@+1 {{'portico.kernel' op operand #0 must be variadic of ranked tensor of}}
  %0 = portico.kernel "loop" (%a0 = %x0) : (tensor<64xcomplex<f32>>) -> tensor<64xcomplex<f32>> {
    portico.yield %a0 : tensor<64xcomplex<f32>>
  }
  return %0 : tensor<64xcomplex<f32>>
}

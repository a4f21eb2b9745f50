// What has no element to compute at a point is refused before and behind a product, and so is a machine
// on which the smallest tile does not fit.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=4096" --split-input-file 2>&1 | filecheck %s --check-prefix=SMALL
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 max-workgroup-size=128" --split-input-file 2>&1 | filecheck %s --check-prefix=ITEMS

func.func @none(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a dot kernel has no single main op; got a kernel of portico.neg; expected exactly one dot_general}}
  %0 = portico.kernel "dot" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.neg %a0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @before(%x0: tensor<3x64x64xf32>, %x1: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] an op before the product cannot be computed with its operands; got a kernel of portico.reduce, portico.dot_general; expected elementwise ops and data movement}}
  %0 = portico.kernel "dot" (%a0 = %x0, %a1 = %x1) : (tensor<3x64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32> {
    %2 = portico.reduce sum %a0 {axes = array<i64: 0>} : (tensor<3x64x64xf32>) -> tensor<64x64xf32>
    %1 = portico.dot_general %2, %a1 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @after(%x0: tensor<64x64xf32>) -> tensor<64xf32> {
  // expected-error@+1 {{[lower-kernels] an op after the main op cannot be computed with its results; got a kernel of portico.dot_general, portico.reduce; expected elementwise ops and data movement}}
  %0 = portico.kernel "dot" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64xf32> {
    %1 = portico.dot_general %a0, %a0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<64x64xf32>) -> tensor<64xf32>
    portico.yield %2 : tensor<64xf32>
  }
  return %0 : tensor<64xf32>
}

// -----

// Elements that are not in the IR cannot become a table of the kernel.
func.func @table(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] an op before the product cannot be computed with its operands; got a kernel of portico.constant, portico.dot_general}}
  %0 = portico.kernel "dot" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %2 = portico.constant dense_resource<table> : tensor<64x64xf32>
    %1 = portico.dot_general %2, %a0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

{-# dialect_resources: {builtin: {table: "0x0400000000000000"}} #-}

// -----

// A truth value is nothing to multiply.
func.func @truth(%x0: tensor<64x64xi1>) -> tensor<64x64xi1> {
  %0 = portico.kernel "dot" (%a0 = %x0) : (tensor<64x64xi1>) -> tensor<64x64xi1> {
    // expected-error@+1 {{'portico.dot_general' op operand #0 must be ranked tensor of}}
    %1 = portico.dot_general %a0, %a0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xi1>, tensor<64x64xi1>) -> tensor<64x64xi1>
    portico.yield %1 : tensor<64x64xi1>
  }
  return %0 : tensor<64x64xi1>
}

// -----

// SMALL: error: [lower-kernels] a work-group shares more than the machine has; got 5120 bytes; expected at most 4096
// ITEMS: error: [lower-kernels] a work-group is too large for the machine; got 256 work-items; expected at most 128
func.func @small(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = portico.kernel "dot" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.dot_general %a0, %a0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

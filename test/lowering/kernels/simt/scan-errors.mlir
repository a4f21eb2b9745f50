// A scan kernel is the scan of its only input. A chunk leaves a value of each work-item in group memory.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=2000" --split-input-file 2>&1 | filecheck %s --check-prefix=SMALL

func.func @none(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a scan kernel is not a scan alone; got a kernel of no op; expected one scan from its only input to its only result}}
  %0 = portico.kernel "scan" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    portico.yield %a0 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @after(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a scan kernel is not a scan alone; got a kernel of portico.scan, portico.neg}}
  %0 = portico.kernel "scan" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.scan sum %a0 {axis = 0 : i64, reverse = false} : (tensor<64x64xf32>) -> tensor<64x64xf32>
    %2 = portico.neg %1 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %2 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

// An input that nobody reads.
func.func @beside(%x0: tensor<64x64xf32>, %x1: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a scan kernel is not a scan alone; got a kernel of portico.scan;}}
  %0 = portico.kernel "scan" (%a0 = %x0, %a1 = %x1) : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.scan sum %a1 {axis = 0 : i64, reverse = false} : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

// What is yielded is another value.
func.func @unread(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a scan kernel is not a scan alone; got a kernel of portico.scan;}}
  %0 = portico.kernel "scan" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.scan sum %a0 {axis = 0 : i64, reverse = false} : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %a0 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @twice(%x0: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>) {
  // expected-error@+1 {{[lower-kernels] a scan kernel is not a scan alone; got a kernel of portico.scan;}}
  %0:2 = portico.kernel "scan" (%a0 = %x0) : (tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xf32>) {
    %1 = portico.scan sum %a0 {axis = 0 : i64, reverse = false} : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1, %1 : tensor<64x64xf32>, tensor<64x64xf32>
  }
  return %0#0, %0#1 : tensor<64x64xf32>, tensor<64x64xf32>
}

// -----

func.func @truth(%x0: tensor<64x64xi1>) -> tensor<64x64xi1> {
  %0 = portico.kernel "scan" (%a0 = %x0) : (tensor<64x64xi1>) -> tensor<64x64xi1> {
    // expected-error@+1 {{'portico.scan' op operand #0 must be ranked tensor of}}
    %1 = portico.scan max %a0 {axis = 0 : i64, reverse = false} : (tensor<64x64xi1>) -> tensor<64x64xi1>
    portico.yield %1 : tensor<64x64xi1>
  }
  return %0 : tensor<64x64xi1>
}

// -----

// SMALL: error: [lower-kernels] a work-group shares more than the machine has; got 2048 bytes; expected at most 2000
func.func @long(%x0: tensor<20000xf32>) -> tensor<20000xf32> {
  %0 = portico.kernel "scan" (%a0 = %x0) : (tensor<20000xf32>) -> tensor<20000xf32> {
    %1 = portico.scan sum %a0 {axis = 0 : i64, reverse = false} : (tensor<20000xf32>) -> tensor<20000xf32>
    portico.yield %1 : tensor<20000xf32>
  }
  return %0 : tensor<20000xf32>
}

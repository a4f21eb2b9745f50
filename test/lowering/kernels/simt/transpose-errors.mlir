// A tile through group memory takes 256 work-items, however small the machine. Where only group memory
// is short, inputs are read where they lie (transpose.mlir).
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 max-workgroup-size=128" --split-input-file 2>&1 | filecheck %s --check-prefix=ITEMS

// ITEMS: error: [lower-kernels] a work-group is too large for the machine; got 256 work-items; expected at most 128
func.func @transpose(%x0: tensor<500x250xf32>) -> tensor<250x500xf32> {
  %0 = portico.kernel "loop" (%a0 = %x0) : (tensor<500x250xf32>) -> tensor<250x500xf32> {
    %1 = portico.permute %a0 {permutation = array<i64: 1, 0>} : (tensor<500x250xf32>) -> tensor<250x500xf32>
    portico.yield %1 : tensor<250x500xf32>
  }
  return %0 : tensor<250x500xf32>
}

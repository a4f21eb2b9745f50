// Tasks come in groups of 64.
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 max-workgroup-size=32" --split-input-file 2>&1 | filecheck %s --check-prefix=ITEMS

// ITEMS: error: [lower-kernels] a work-group is too large for the machine; got 64 work-items; expected at most 32
func.func @short(%x0: tensor<100x7xf32>) -> (tensor<100x7xf32>, tensor<100x7xi64>) {
  %0:2 = portico.kernel "sort" (%a0 = %x0) : (tensor<100x7xf32>) -> (tensor<100x7xf32>, tensor<100x7xi64>) {
    %1:2 = portico.sort %a0 {axis = 1 : i64, descending = false} : (tensor<100x7xf32>) -> (tensor<100x7xf32>, tensor<100x7xi64>)
    portico.yield %1#0, %1#1 : tensor<100x7xf32>, tensor<100x7xi64>
  }
  return %0#0, %0#1 : tensor<100x7xf32>, tensor<100x7xi64>
}

// Pooling in two vector passes: down the rows of a window, then along the line.
// RUN: portico-opt %s --portico-lower-kernels="vector-bits=512" | filecheck %s

// CHECK-LABEL: func.func @kernel0(
// CHECK-SAME:  portico.extent = 36
// The line and what lies around it begins as the identity.
// CHECK:       [[LOWEST:%.+]] = arith.constant 0xFF800000 : f32
// CHECK:       memref.store [[LOWEST]]
// CHECK:       arith.maximumf {{.*}} vector<16xf32>
// Every second element of the line, for stride 2.
// CHECK:       vector.shuffle {{.*}} [0, 2, 4, 6{{.*}}] : vector<8xf32>, vector<8xf32>

// The index travels with the value; equal values go to the smaller index.
// CHECK-LABEL: func.func @kernel1(
// CHECK:       arith.cmpf ogt
// CHECK:       arith.cmpi slt
// CHECK:       arith.select {{.*}} vector<16xi1>, vector<16xi32>
// CHECK:       arith.extsi {{.*}} to vector<8xi64>
func.func @main(%x: tensor<3x24x24xf32>) {
  %0 = portico.kernel "window" (%p = %x) : (tensor<3x24x24xf32>) -> tensor<3x12x12xf32> {
    %r = portico.reduce_window max %p {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<3x24x24xf32>) -> tensor<3x12x12xf32>
    portico.yield %r : tensor<3x12x12xf32>
  }
  %1 = portico.kernel "window" (%p = %x) : (tensor<3x24x24xf32>) -> tensor<3x12x12xi64> {
    %r = portico.arg_reduce_window max %p {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<3x24x24xf32>) -> tensor<3x12x12xi64>
    portico.yield %r : tensor<3x12x12xi64>
  }
  return
}

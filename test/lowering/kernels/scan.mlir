// Running sums: along rows by prefixes of vectors, across rows vector by vector.
// RUN: portico-opt %s --portico-lower-kernels="vector-bits=512" | filecheck %s
// RUN: portico-opt %s --portico-lower-kernels="vector-bits=512 doubles=false" | filecheck %s --check-prefix=SINGLE

// A machine without f64 carries sums of f32 in f32.
// SINGLE-NOT: f64

// Items are rows. Sums of f32 are carried in f64.
// CHECK-LABEL: func.func @kernel0(
// CHECK-SAME:  portico.extent = 100
// CHECK:       scf.for {{.*}} iter_args({{.*}}) -> (f64)
// CHECK-COUNT-4: vector.shuffle
// CHECK:       arith.extf {{.*}} vector<16xf32> to vector<16xf64>
// CHECK:       arith.truncf

// From the end: lanes shift the other way.
// CHECK-LABEL: func.func @kernel1(
// CHECK:       vector.shuffle {{.*}} [1, 2, 3,

// Items are blocks of columns, whose running values are in scratch. nan wins.
// CHECK-LABEL: func.func @kernel2(
// CHECK-SAME:  memref<2048xi8>
// CHECK-SAME:  portico.extent = 2
// CHECK:       arith.maximumf {{.*}} vector<16xf32>
// CHECK-NOT:   vector.shuffle
func.func @main(%x: tensor<100x1000xf32>) {
  %0 = portico.kernel "scan" (%p = %x) : (tensor<100x1000xf32>) -> tensor<100x1000xf32> {
    %r = portico.scan sum %p {axis = 1 : i64, reverse = false} : (tensor<100x1000xf32>) -> tensor<100x1000xf32>
    portico.yield %r : tensor<100x1000xf32>
  }
  %1 = portico.kernel "scan" (%p = %x) : (tensor<100x1000xf32>) -> tensor<100x1000xf32> {
    %r = portico.scan sum %p {axis = 1 : i64, reverse = true} : (tensor<100x1000xf32>) -> tensor<100x1000xf32>
    portico.yield %r : tensor<100x1000xf32>
  }
  %2 = portico.kernel "scan" (%p = %x) : (tensor<100x1000xf32>) -> tensor<100x1000xf32> {
    %r = portico.scan max %p {axis = 0 : i64, reverse = false} : (tensor<100x1000xf32>) -> tensor<100x1000xf32>
    portico.yield %r : tensor<100x1000xf32>
  }
  return
}

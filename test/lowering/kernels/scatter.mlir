// A phase copies x unless it is the result's own memory; the next goes through the
// updates in order of the indices.
// RUN: portico-opt %s --portico-lower-kernels="vector-bits=512" | filecheck %s

// CHECK-LABEL: func.func @kernel0(
// CHECK:       memref.extract_aligned_pointer_as_index %arg0
// CHECK:       memref.extract_aligned_pointer_as_index %arg3
// CHECK:       scf.if
// CHECK-LABEL: func.func @kernel0_1(
// The whole of a row of x is one item: no two items add to the same place.
// CHECK-SAME:  portico.extent = 1
// CHECK:       [[I:%.+]] = memref.load %arg1[
// CHECK:       arith.cmpi uge, [[I]]
// CHECK:       memref.store {{.*}}, %arg8
// CHECK:       arith.addf {{.*}} vector<16xf32>
// CHECK:       vector.store {{.*}} %arg3[

// `set` reads nothing back.
// CHECK-LABEL: func.func @kernel1_1(
// CHECK:       [[U:%.+]] = vector.load %arg2[
// CHECK-NEXT:  vector.store [[U]], %arg3[

// Sums of halves are kept in f32, in memory of their own, and rounded at the end.
// CHECK-LABEL: func.func @kernel2(
// CHECK:       [[SUMS:%.+]] = memref.view {{.*}} to memref<320xf32>
// CHECK:       arith.extf {{.*}} vector<16xf16> to vector<16xf32>
// CHECK:       vector.store {{.*}}, [[SUMS]]
// CHECK-LABEL: func.func @kernel2_1(
// CHECK-NOT:   arith.truncf
// CHECK:       arith.addf {{.*}} vector<16xf32>
// CHECK-NOT:   arith.truncf
// CHECK-LABEL: func.func @kernel2_2(
// CHECK:       arith.truncf {{.*}} vector<16xf32> to vector<16xf16>
// CHECK:       vector.store {{.*}}, %arg3[
func.func @main(%x: tensor<10x32xf32>, %i: tensor<5xi64>, %u: tensor<5x32xf32>,
                %h: tensor<10x32xf16>, %g: tensor<5x32xf16>) {
  %0 = portico.kernel "scatter" (%p = %x, %q = %i, %r = %u) : (tensor<10x32xf32>, tensor<5xi64>, tensor<5x32xf32>) -> tensor<10x32xf32> {
    %s = portico.scatter add %p, %q, %r {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<10x32xf32>, tensor<5xi64>, tensor<5x32xf32>) -> tensor<10x32xf32>
    portico.yield %s : tensor<10x32xf32>
  }
  %1 = portico.kernel "scatter" (%p = %x, %q = %i, %r = %u) : (tensor<10x32xf32>, tensor<5xi64>, tensor<5x32xf32>) -> tensor<10x32xf32> {
    %s = portico.scatter set %p, %q, %r {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<10x32xf32>, tensor<5xi64>, tensor<5x32xf32>) -> tensor<10x32xf32>
    portico.yield %s : tensor<10x32xf32>
  }
  %2 = portico.kernel "scatter" (%p = %h, %q = %i, %r = %g) : (tensor<10x32xf16>, tensor<5xi64>, tensor<5x32xf16>) -> tensor<10x32xf16> {
    %s = portico.scatter add %p, %q, %r {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<10x32xf16>, tensor<5xi64>, tensor<5x32xf16>) -> tensor<10x32xf16>
    portico.yield %s : tensor<10x32xf16>
  }
  return
}

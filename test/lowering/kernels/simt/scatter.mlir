// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s

// Each work-item owns some rows of a column and goes through all indices: no
// atomics, and updates are taken in the order of the indices.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK: scf.for
// CHECK: memref.load {{.*}} : memref<40xi64, #gpu.address_space<global>>
// CHECK: arith.cmpi eq
// CHECK: arith.addf
// CHECK-NOT: atomic
func.func @scatter(%x: tensor<50x8xf32>, %i: tensor<40xi64>, %u: tensor<40x8xf32>) -> tensor<50x8xf32> {
  %0 = portico.kernel "scatter" (%a = %x, %b = %i, %c = %u) : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32> {
    %1 = portico.scatter add %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32>
    portico.yield %1 : tensor<50x8xf32>
  }
  return %0 : tensor<50x8xf32>
}

// -----

// So many updates that reading all indices in every work-item would take longest: x is
// copied, the indices become keys of 32 bits, three digits of which are put in order by
// three passes of the same three kernels, and updates are combined in pieces, of 16
// entries and then of what pieces leave, until one piece is left.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK: arith.cmpi uge
// CHECK-LABEL: gpu.func @kernel0_2(
// CHECK: gpu.barrier
// CHECK-LABEL: gpu.func @kernel0_3(
// CHECK-LABEL: gpu.func @kernel0_4(
// CHECK-LABEL: gpu.func @kernel0_11(
// CHECK-SAME: portico.extent = 6250 : i64
// CHECK: scf.for {{.*}} iter_args(
// CHECK: arith.addf
// CHECK-LABEL: gpu.func @kernel0_12(
// CHECK-SAME: portico.extent = 196 : i64
// CHECK: arith.addf
// CHECK-LABEL: gpu.func @kernel0_13(
// CHECK-SAME: portico.extent = 7 : i64
// CHECK-LABEL: gpu.func @kernel0_14(
// CHECK-SAME: portico.extent = 1 : i64
// CHECK-NOT: gpu.func @kernel0_15(
// CHECK-NOT: atomic
func.func @many(%x: tensor<1000xf32>, %i: tensor<100000xi64>, %u: tensor<100000xf32>) -> tensor<1000xf32> {
  %0 = portico.kernel "scatter" (%a = %x, %b = %i, %c = %u) : (tensor<1000xf32>, tensor<100000xi64>, tensor<100000xf32>) -> tensor<1000xf32> {
    %1 = portico.scatter add %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<1000xf32>, tensor<100000xi64>, tensor<100000xf32>) -> tensor<1000xf32>
    portico.yield %1 : tensor<1000xf32>
  }
  return %0 : tensor<1000xf32>
}

// -----

// What replaces needs no combining: the last update of each row is written.
// CHECK-LABEL: gpu.func @kernel0_11(
// CHECK-SAME: portico.extent = 100000 : i64
// CHECK: arith.cmpi ne
// CHECK: arith.ori
// CHECK: scf.if
// CHECK-NOT: gpu.func @kernel0_12(
func.func @last(%x: tensor<1000xf32>, %i: tensor<100000xi64>, %u: tensor<100000xf32>) -> tensor<1000xf32> {
  %0 = portico.kernel "scatter" (%a = %x, %b = %i, %c = %u) : (tensor<1000xf32>, tensor<100000xi64>, tensor<100000xf32>) -> tensor<1000xf32> {
    %1 = portico.scatter set %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<1000xf32>, tensor<100000xi64>, tensor<100000xf32>) -> tensor<1000xf32>
    portico.yield %1 : tensor<1000xf32>
  }
  return %0 : tensor<1000xf32>
}

// -----

// With columns enough to fill the machine a work-item owns all rows of one.
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK-SAME: portico.extent = 20000 : i64
// CHECK-NOT: arith.cmpi eq
// CHECK: arith.addf
// CHECK-NOT: gpu.func
func.func @columns(%x: tensor<10x20000xf32>, %i: tensor<9000xi64>, %u: tensor<9000x20000xf32>) -> tensor<10x20000xf32> {
  %0 = portico.kernel "scatter" (%a = %x, %b = %i, %c = %u) : (tensor<10x20000xf32>, tensor<9000xi64>, tensor<9000x20000xf32>) -> tensor<10x20000xf32> {
    %1 = portico.scatter add %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<10x20000xf32>, tensor<9000xi64>, tensor<9000x20000xf32>) -> tensor<10x20000xf32>
    portico.yield %1 : tensor<10x20000xf32>
  }
  return %0 : tensor<10x20000xf32>
}

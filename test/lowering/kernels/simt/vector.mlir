// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32 vector-bits=128 compute-units=32" | filecheck %s

// A matrix by rows times a vector: a subgroup for four rows, whose loads of four elements
// are under way together. Each result has a work-item that writes it, with what follows.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-NOT: workgroup(
// CHECK-SAME: portico.grid = array<i64: 128, 1, 1>
// CHECK: scf.for
// CHECK-COUNT-5: vector.load {{.*}} vector<4xf32>
// CHECK: math.fma {{.*}} : vector<4xf32>
// CHECK-COUNT-20: gpu.shuffle xor
// CHECK-NOT: gpu.shuffle
// CHECK-NOT: gpu.barrier
// CHECK: scf.if
// CHECK: arith.addf
// CHECK: memref.store
// CHECK-NOT: memref.store
// CHECK-NOT: gpu.func
func.func @rows(%x: tensor<4096x4096xf32>, %y: tensor<4096xf32>, %bias: tensor<4096xf32>) -> tensor<4096xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y, %c = %bias) : (tensor<4096x4096xf32>, tensor<4096xf32>, tensor<4096xf32>) -> tensor<4096xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4096x4096xf32>, tensor<4096xf32>) -> tensor<4096xf32>
    %2 = portico.add %1, %c : (tensor<4096xf32>, tensor<4096xf32>) -> tensor<4096xf32>
    portico.yield %2 : tensor<4096xf32>
  }
  return %0 : tensor<4096xf32>
}

// -----

// By columns: 64 work-items side by side take four columns each, four parts of a group and
// four groups share the sums; the last phase adds up what the groups have, in order.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(%{{.*}} : memref<4096xi8, #gpu.address_space<workgroup>>)
// CHECK-SAME: portico.grid = array<i64: 64, 1, 1>
// CHECK-COUNT-5: vector.load {{.*}} vector<4xf32>
// CHECK-NOT: vector.load
// CHECK: gpu.barrier
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK: arith.addf
// CHECK-NOT: gpu.func
func.func @columns(%x: tensor<4096xf32>, %y: tensor<4096x4096xf32>) -> tensor<4096xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y) : (tensor<4096xf32>, tensor<4096x4096xf32>) -> tensor<4096xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 0>} : (tensor<4096xf32>, tensor<4096x4096xf32>) -> tensor<4096xf32>
    portico.yield %1 : tensor<4096xf32>
  }
  return %0 : tensor<4096xf32>
}

// -----

// Few rows of half precision: whole groups share a row, eight elements to a load, and
// subgroups add up in f32 through group memory. k is cut among groups.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(
// CHECK: vector.load {{.*}} vector<8xf16>
// CHECK: arith.extf {{.*}} : vector<8xf16> to vector<8xf32>
// CHECK: gpu.shuffle xor
// CHECK: gpu.barrier
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK: arith.truncf
func.func @few(%x: tensor<2x80000xf16>, %y: tensor<80000xf16>) -> tensor<2xf16> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y) : (tensor<2x80000xf16>, tensor<80000xf16>) -> tensor<2xf16> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x80000xf16>, tensor<80000xf16>) -> tensor<2xf16>
    portico.yield %1 : tensor<2xf16>
  }
  return %0 : tensor<2xf16>
}

// -----

// Rows of 37 elements do not begin at multiples of a wide load.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-NOT: vector.load
// CHECK: math.fma {{.*}} : f32
func.func @odd(%x: tensor<100x37xf32>, %y: tensor<37xf32>) -> tensor<100xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y) : (tensor<100x37xf32>, tensor<37xf32>) -> tensor<100xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<100x37xf32>, tensor<37xf32>) -> tensor<100xf32>
    portico.yield %1 : tensor<100xf32>
  }
  return %0 : tensor<100xf32>
}

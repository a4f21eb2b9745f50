// Kernels with reductions.
// RUN: portico-opt %s --portico-lower-kernels=vector-bits=512 --split-input-file | filecheck %s

// Along the row: four accumulators, combined by shuffles in a fixed order.
// CHECK-LABEL: func.func @kernel0
// CHECK-SAME:  portico.extent = 100 : i64
// CHECK:       scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK:       vector.shuffle
// CHECK:       vector.extract {{.*}} : f32 from vector<16xf32>
// CHECK:       memref.store {{.*}}, %arg1
func.func @main(%x: tensor<100x256xf32>) -> tensor<100xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<100x256xf32>) -> tensor<100xf32> {
    %1 = portico.reduce sum %a {axes = array<i64: 1>} : (tensor<100x256xf32>) -> tensor<100xf32>
    portico.yield %1 : tensor<100xf32>
  }
  return %0 : tensor<100xf32>
}

// -----

// Lanes past the end of a row count as the identity.
// CHECK-LABEL: func.func @kernel0
// CHECK:       [[M:%.+]] = vector.create_mask
// CHECK:       arith.select [[M]], %{{.+}}, %cst{{.*}} : vector<16xi1>, vector<16xf32>
// CHECK:       arith.mulf
func.func @main(%x: tensor<100x10xf32>) -> tensor<100xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<100x10xf32>) -> tensor<100xf32> {
    %1 = portico.reduce prod %a {axes = array<i64: 1>} : (tensor<100x10xf32>) -> tensor<100xf32>
    portico.yield %1 : tensor<100xf32>
  }
  return %0 : tensor<100xf32>
}

// -----

// Over the first axis every lane is a row of its own: no lanes to combine.
// CHECK-LABEL: func.func @kernel0
// CHECK:       vector.load %arg0
// CHECK-NOT:   vector.shuffle
// CHECK:       vector.store {{.*}}, %arg1
func.func @main(%x: tensor<20x4096xf32>) -> tensor<4096xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<20x4096xf32>) -> tensor<4096xf32> {
    %1 = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<20x4096xf32>) -> tensor<4096xf32>
    portico.yield %1 : tensor<4096xf32>
  }
  return %0 : tensor<4096xf32>
}

// -----

// A long sum over everything is cut into chunks by its size alone: one phase of
// partial sums, one that adds them in order.
// CHECK-LABEL: func.func @kernel0(
// CHECK-SAME:  portico.extent = 62 : i64
// CHECK-SAME:  portico.shared_bytes
// CHECK:       memref.store {{.*}}, %view
// CHECK-LABEL: func.func @kernel0_1(
// CHECK-SAME:  portico.extent = 1 : i64
// CHECK:       scf.for {{.*}} %c62{{.*}} iter_args
// CHECK:       memref.store {{.*}}, %arg1
func.func @main(%x: tensor<1000000xf32>) -> tensor<f32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<1000000xf32>) -> tensor<f32> {
    %1 = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<1000000xf32>) -> tensor<f32>
    portico.yield %1 : tensor<f32>
  }
  return %0 : tensor<f32>
}

// -----

// What a later pass needs of a row lies in the task's scratch.
// CHECK-LABEL: func.func @kernel0
// CHECK-SAME:  portico.scratch_bytes
// CHECK:       memref.view %arg2
// CHECK:       arith.maximumf
// CHECK:       vector.store {{.*}}, %view
// CHECK:       vector.load %view
// CHECK:       arith.divf
// CHECK:       vector.store {{.*}}, %arg1
func.func @main(%x: tensor<40x64xf32>) -> tensor<40x64xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<40x64xf32>) -> tensor<40x64xf32> {
    %1 = portico.reduce max %a {axes = array<i64: 1>} : (tensor<40x64xf32>) -> tensor<40xf32>
    %2 = portico.broadcast %1 {shape = array<i64: 40, 64>, dims = array<i64: 0>} : (tensor<40xf32>) -> tensor<40x64xf32>
    %3 = portico.sub %a, %2 : (tensor<40x64xf32>, tensor<40x64xf32>) -> tensor<40x64xf32>
    %4 = portico.exp %3 : (tensor<40x64xf32>) -> tensor<40x64xf32>
    %5 = portico.reduce sum %4 {axes = array<i64: 1>} : (tensor<40x64xf32>) -> tensor<40xf32>
    %6 = portico.broadcast %5 {shape = array<i64: 40, 64>, dims = array<i64: 0>} : (tensor<40xf32>) -> tensor<40x64xf32>
    %7 = portico.div %4, %6 : (tensor<40x64xf32>, tensor<40x64xf32>) -> tensor<40x64xf32>
    portico.yield %7 : tensor<40x64xf32>
  }
  return %0 : tensor<40x64xf32>
}

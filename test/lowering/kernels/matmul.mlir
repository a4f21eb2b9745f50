// The strategy is a function of the shape: what is packed, and how blocks are cut.
// RUN: portico-opt %s --portico-lower-kernels="vector-bits=512 vector-registers=32" | filecheck %s

// Small: one phase, operands in place, a tile of 8 rows of vectors held in registers.
// CHECK-LABEL: func.func @kernel0(
// CHECK-SAME:  memref<4096xf32>, %arg1: memref<4096xf32>, %arg2: memref<4096xf32>, %arg3: memref<0xi8>, %arg4: memref<0xi8>
// CHECK-SAME:  portico.extent = 1
// CHECK:       scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>,
// CHECK:       vector.load %arg1[
// CHECK:       memref.load %arg0[
// CHECK:       vector.broadcast
// CHECK:       math.fma
// CHECK-NOT:   func.func @kernel0_1

// One row, weights with k innermost: dot products, summed over lanes at the end.
// CHECK-LABEL: func.func @kernel1(
// CHECK:       math.fma
// CHECK:       vector.shuffle
// CHECK:       vector.extract
// CHECK-NOT:   func.func @kernel1_1

// Large, with many rows: a phase packs B into shared scratch, transposing squares of lanes; blocks
// of the second phase pack their rows of A and find B's panels.
// CHECK-LABEL: func.func @kernel2(
// CHECK-SAME:  [[SHARED:%arg[0-9]+]]: memref<4194304xi8>
// CHECK:       memref.view [[SHARED]]
// CHECK:       vector.shuffle
// CHECK-LABEL: func.func @kernel2_1(
// CHECK:       memref.prefetch
// CHECK:       math.fma

// bf16 is computed in f32 and rounded once, when a block is finished.
// CHECK-LABEL: func.func @kernel3(
// CHECK-SAME:  memref<16384xi8>
// CHECK:       vector.load %arg1[{{.*}} vector<16xbf16>
// CHECK:       math.fma {{.*}} vector<16xf32>
// CHECK:       vector.store {{.*}} %arg2[{{.*}} vector<16xbf16>

// The ops after the product run on the finished block: the bias is read once per
// row and nothing goes through memory twice.
// CHECK-LABEL: func.func @kernel4(
// CHECK:       math.fma
// CHECK:       vector.load %arg2[
// CHECK:       arith.addf
// CHECK:       arith.maximumf
// CHECK:       vector.store {{.*}} %arg3[

// No summands: zeros, and no loop.
// CHECK-LABEL: func.func @kernel5(
// CHECK-NOT:   math.fma
// CHECK:       dense<0.000000e+00> : vector<16xf32>
// CHECK:       vector.store

// No elements: nothing to run.
// CHECK-NOT:   @kernel6

// Random numbers of an epilogue (dropout) are made in vectors, four words to a block.
// CHECK-LABEL: func.func @kernel7(
// CHECK:       math.fma
// CHECK:       arith.shrui {{.*}} : vector<16xi64>
// CHECK:       arith.muli {{.*}} : vector<16xi64>
// CHECK:       arith.select {{.*}} vector<16xi1>, vector<16xf32>
func.func @main(%x: tensor<64x64xf32>, %row: tensor<1x1024xf32>, %w: tensor<1024x1024xf32>, %h: tensor<64x64xbf16>, %bias0: tensor<64xf32>, %none: tensor<64x0xf32>, %zero: tensor<0x64xf32>, %seed: tensor<i64>, %tall: tensor<1100x1024xf32>) {
  %0 = portico.kernel "dot" (%p = %x, %q = %x) : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32> {
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %r : tensor<64x64xf32>
  }
  %1 = portico.kernel "dot" (%p = %row, %q = %w) : (tensor<1x1024xf32>, tensor<1024x1024xf32>) -> tensor<1x1024xf32> {
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 1>} : (tensor<1x1024xf32>, tensor<1024x1024xf32>) -> tensor<1x1024xf32>
    portico.yield %r : tensor<1x1024xf32>
  }
  %2 = portico.kernel "dot" (%p = %tall, %q = %w) : (tensor<1100x1024xf32>, tensor<1024x1024xf32>) -> tensor<1100x1024xf32> {
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 1>} : (tensor<1100x1024xf32>, tensor<1024x1024xf32>) -> tensor<1100x1024xf32>
    portico.yield %r : tensor<1100x1024xf32>
  }
  %3 = portico.kernel "dot" (%p = %h, %q = %h) : (tensor<64x64xbf16>, tensor<64x64xbf16>) -> tensor<64x64xbf16> {
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xbf16>, tensor<64x64xbf16>) -> tensor<64x64xbf16>
    portico.yield %r : tensor<64x64xbf16>
  }
  %4 = portico.kernel "dot" (%p = %x, %q = %x, %bias = %bias0) : (tensor<64x64xf32>, tensor<64x64xf32>, tensor<64xf32>) -> tensor<64x64xf32> {
    %z = portico.constant dense<0.0> : tensor<64x64xf32>
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    %s = portico.broadcast %bias {shape = array<i64: 64, 64>, dims = array<i64: 1>} : (tensor<64xf32>) -> tensor<64x64xf32>
    %t = portico.add %r, %s : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    %u = portico.max %t, %z : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %u : tensor<64x64xf32>
  }
  %5 = portico.kernel "dot" (%p = %none, %q = %none) : (tensor<64x0xf32>, tensor<64x0xf32>) -> tensor<64x64xf32> {
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 1>} : (tensor<64x0xf32>, tensor<64x0xf32>) -> tensor<64x64xf32>
    portico.yield %r : tensor<64x64xf32>
  }
  %6 = portico.kernel "dot" (%p = %zero, %q = %x) : (tensor<0x64xf32>, tensor<64x64xf32>) -> tensor<0x64xf32> {
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<0x64xf32>, tensor<64x64xf32>) -> tensor<0x64xf32>
    portico.yield %r : tensor<0x64xf32>
  }
  %7 = portico.kernel "dot" (%p = %x, %q = %x, %s = %seed) : (tensor<64x64xf32>, tensor<64x64xf32>, tensor<i64>) -> tensor<64x64xf32> {
    %z = portico.constant dense<0.0> : tensor<64x64xf32>
    %i = portico.constant dense<0> : tensor<64x64xi32>
    %r = portico.dot_general %p, %q {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    %b = portico.random_bits %s, %s {shape = array<i64: 64, 64>} : (tensor<i64>, tensor<i64>) -> tensor<64x64xi32>
    %c = portico.compare lt %b, %i : (tensor<64x64xi32>, tensor<64x64xi32>) -> tensor<64x64xi1>
    %t = portico.select %c, %r, %z : (tensor<64x64xi1>, tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %t : tensor<64x64xf32>
  }
  return
}

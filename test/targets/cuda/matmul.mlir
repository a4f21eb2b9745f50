// Products of f32 by matrix instructions where they may be rounded, each element once on its
// way to group memory; products of f64 always; a product of f32 that may not be is none.
// REQUIRES: cuda
// RUN: rm -rf %t && portico-run --device=cuda:sm_80 --no-run --stages=%t %s
// RUN: cat %t/*0.lowered | filecheck %s --check-prefix=TF32
// RUN: cat %t/*0.ptx | filecheck %s --check-prefix=TF32-PTX
// RUN: cat %t/*1.lowered | filecheck %s --check-prefix=F32
// RUN: cat %t/*2.ptx | filecheck %s --check-prefix=F64
// RUN: cat %t/*3.ptx | filecheck %s --check-prefix=CONV

func.func @main(%x: tensor<512x512xf32>, %y: tensor<512x512xf32>, %u: tensor<256x256xf64>, %i: tensor<8x64x32x32xf32>, %w: tensor<64x64x3x3xf32>)
    -> (tensor<512x512xf32>, tensor<512x512xf32>, tensor<256x256xf64>, tensor<8x64x32x32xf32>) {
  %0 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, allow_tf32} : (tensor<512x512xf32>, tensor<512x512xf32>) -> tensor<512x512xf32>
  %1 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<512x512xf32>, tensor<512x512xf32>) -> tensor<512x512xf32>
  %2 = portico.dot_general %u, %u {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<256x256xf64>, tensor<256x256xf64>) -> tensor<256x256xf64>
  %3 = portico.convolution %i, %w {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, allow_tf32} : (tensor<8x64x32x32xf32>, tensor<64x64x3x3xf32>) -> tensor<8x64x32x32xf32>
  return %0, %1, %2, %3 : tensor<512x512xf32>, tensor<512x512xf32>, tensor<256x256xf64>, tensor<8x64x32x32xf32>
}

// TF32: gpu.func @kernel(
// TF32: simt.round_tf32
// TF32: memref.store {{.*}}xf32, #gpu.address_space<workgroup>>
// TF32: simt.multiply_add {{.*}}k = 8 : i64, m = 16 : i64, n = 8 : i64, tf32} : vector<4xf32>, vector<2xf32>, vector<4xf32>
// TF32-NOT: math.fma

// TF32-PTX: cvt.rna.tf32.f32
// TF32-PTX: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32

// F32-NOT: simt.
// F32: math.fma

// F64: mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64

// CONV: cvt.rna.tf32.f32
// CONV: mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32

// Products of f32 and f64 are whole on matrix instructions, so they need no permission; with
// it gfx942 takes those of TF32, which gfx90a does not have.
// REQUIRES: rocm
// RUN: rm -rf %t && portico-run --device=rocm:gfx942 --no-run --stages=%t %s
// RUN: cat %t/*0.isa | filecheck %s --check-prefix=XF32
// RUN: cat %t/*1.isa | filecheck %s --check-prefix=F32
// RUN: cat %t/*2.isa | filecheck %s --check-prefix=F64
// RUN: rm -rf %t && portico-run --device=rocm:gfx90a --no-run --stages=%t %s
// RUN: cat %t/*0.isa | filecheck %s --check-prefix=F32
// RUN: rm -rf %t && portico-run --device=rocm:gfx1100 --no-run --stages=%t %s
// RUN: cat %t/*0.isa | filecheck %s --check-prefix=NONE

func.func @main(%x: tensor<512x512xf32>, %y: tensor<512x512xf32>, %u: tensor<256x256xf64>)
    -> (tensor<512x512xf32>, tensor<512x512xf32>, tensor<256x256xf64>) {
  %0 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, allow_tf32} : (tensor<512x512xf32>, tensor<512x512xf32>) -> tensor<512x512xf32>
  %1 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<512x512xf32>, tensor<512x512xf32>) -> tensor<512x512xf32>
  %2 = portico.dot_general %u, %u {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<256x256xf64>, tensor<256x256xf64>) -> tensor<256x256xf64>
  return %0, %1, %2 : tensor<512x512xf32>, tensor<512x512xf32>, tensor<256x256xf64>
}

// XF32: 0xffffe000
// XF32: v_mfma_f32_32x32x4_xf32
// XF32-NOT: v_mfma_f32_32x32x2_f32

// F32-NOT: xf32
// F32: v_mfma_f32_32x32x2{{_?}}f32

// F64: v_mfma_f64_16x16x4{{_?}}f64

// NONE-NOT: wmma
// NONE: v_fma

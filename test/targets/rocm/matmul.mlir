// A product of half types by matrix instructions: fragments from group memory, in
// their own type, and sums that stay in them.
// REQUIRES: rocm
// RUN: rm -rf %t && portico-run --device=rocm:gfx942 --no-run --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s --check-prefix=GPU
// RUN: cat %t/*.isa | filecheck %s --check-prefix=MFMA
// RUN: rm -rf %t && portico-run --device=rocm:gfx1100 --no-run --stages=%t %s
// RUN: cat %t/*.isa | filecheck %s --check-prefix=WMMA

func.func @main(%x: tensor<1024x512xbf16>, %y: tensor<512x1024xbf16>) -> tensor<1024x1024xbf16> {
  %0 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<1024x512xbf16>, tensor<512x1024xbf16>) -> tensor<1024x1024xbf16>
  return %0 : tensor<1024x1024xbf16>
}

// GPU: gpu.func @kernel(
// GPU: memref.store {{.*}}xi16, #gpu.address_space<workgroup>>
// GPU: gpu.barrier
// GPU: simt.multiply_add {{.*}} : vector<4xbf16>, vector<4xbf16>, vector<16xf32>
// GPU-NOT: math.fma

// MFMA: v_mfma_f32_32x32x8_bf16
// WMMA: v_wmma_f32_16x16x16_bf16

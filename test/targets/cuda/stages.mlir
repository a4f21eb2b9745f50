// What a row kernel looks like on its way to the assembler.
// REQUIRES: cuda
// RUN: rm -rf %t && portico-run --device=cuda:sm_80 --no-run --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s --check-prefix=GPU
// RUN: cat %t/*.llvm | filecheck %s --check-prefix=LLVM
// RUN: cat %t/*.ptx | filecheck %s --check-prefix=PTX

func.func @main(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
  %0 = portico.exp %x : (tensor<64x1000xf32>) -> tensor<64x1000xf32>
  %1 = portico.reduce sum %0 {axes = array<i64: 1>} : (tensor<64x1000xf32>) -> tensor<64xf32>
  return %1 : tensor<64xf32>
}

// GPU: gpu.module @kernels
// GPU: gpu.func @kernel({{.*}}memref<{{.*}}xf32, #gpu.address_space<global>>
// GPU-SAME: kernel attributes {known_block_size

// Nothing is called but intrinsics.
// LLVM: define ptx_kernel void
// LLVM-NOT: declare {{.*}}@__nv
// LLVM-NOT: @expf

// PTX: .target sm_80
// PTX: .entry
// PTX: fma.rn.f32

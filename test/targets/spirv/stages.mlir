// What a row kernel looks like on its way to the SPIR-V back end.
// REQUIRES: spirv
// RUN: rm -rf %t && mkdir %t && portico-run --device=spirv:spirv64 --no-run --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s --check-prefix=GPU
// RUN: cat %t/*.llvm | filecheck %s --check-prefix=LLVM
// RUN: cat %t/*.llvm-optimised | filecheck %s --check-prefix=OPTIMISED

func.func @main(%x: tensor<64x1000xbf16>) -> tensor<64xbf16> {
  %0 = portico.exp %x : (tensor<64x1000xbf16>) -> tensor<64x1000xbf16>
  %1 = portico.reduce sum %0 {axes = array<i64: 1>} : (tensor<64x1000xbf16>) -> tensor<64xbf16>
  return %1 : tensor<64xbf16>
}

// GPU: gpu.module @kernels
// GPU: gpu.func @kernel({{.*}}memref<{{.*}}xbf16, #gpu.address_space<global>>
// GPU-SAME: kernel attributes {known_block_size

// The types of SPIR-V's core: bf16 is i16 from its first load to its last store.
// LLVM: declare spir_func {{.*}}sub_group_shuffle
// LLVM: define spir_kernel void {{.*}}(ptr addrspace(1)
// LLVM-SAME: !reqd_work_group_size ![[GROUP:[0-9]+]] !intel_reqd_sub_group_size ![[SUBGROUP:[0-9]+]]
// LLVM-NOT: bfloat
// LLVM: load {{.*}}i16{{.*}}, ptr addrspace(1)
// LLVM-NOT: bfloat
// LLVM: ![[GROUP]] = !{i32 {{[0-9]+}}, i32 1, i32 1}
// LLVM: ![[SUBGROUP]] = !{i32 16}

// OPTIMISED-NOT: llvm.masked
// OPTIMISED-NOT: declare {{.*}}@llvm.vector.reduce
// OPTIMISED: define spir_kernel void
// OPTIMISED-NOT: alloca <

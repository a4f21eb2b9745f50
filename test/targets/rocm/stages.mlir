// What a row kernel looks like on its way to the machine.
// REQUIRES: rocm
// RUN: rm -rf %t && portico-run --device=rocm:gfx942 --no-run --stages=%t %s
// RUN: cat %t/*.lowered | filecheck %s --check-prefix=GPU
// RUN: cat %t/*.rocdl | filecheck %s --check-prefix=ROCDL
// RUN: cat %t/*.llvm | filecheck %s --check-prefix=LLVM
// RUN: cat %t/*.llvm-optimised | filecheck %s --check-prefix=OPTIMISED
// RUN: cat %t/*.isa | filecheck %s --check-prefix=ISA

func.func @main(%x: tensor<64x1000xf32>) -> tensor<64xf32> {
  %0 = portico.exp %x : (tensor<64x1000xf32>) -> tensor<64x1000xf32>
  %1 = portico.reduce sum %0 {axes = array<i64: 1>} : (tensor<64x1000xf32>) -> tensor<64xf32>
  return %1 : tensor<64xf32>
}

// GPU: gpu.module @kernels
// GPU: gpu.func @kernel({{.*}}memref<{{.*}}xf32, #gpu.address_space<global>>
// GPU-SAME: known_block_size = array<i32: [[BLOCK:[0-9]+]], 1, 1>

// ROCDL: llvm.func @kernel(%{{[^:]*}}: !llvm.ptr<1>
// ROCDL-SAME: rocdl.kernel, rocdl.reqd_work_group_size = array<i32: 256, 1, 1>
// ROCDL-NOT: gpu.thread_id
// ROCDL: rocdl.workitem.id.x
// ROCDL: rocdl.barrier

// Nothing is called but intrinsics, and what only AMD's device library has not at all.
// LLVM: define protected amdgpu_kernel void @k{{.*}}_kernel(ptr addrspace(1)
// LLVM-NOT: declare {{.*}}@__oc
// LLVM: "amdgpu-flat-work-group-size"="256,256"

// OPTIMISED: define protected amdgpu_kernel
// OPTIMISED: "amdgpu-no-hostcall-ptr"
// OPTIMISED: "denormal-fp-math-f32"="ieee,ieee"
// OPTIMISED-SAME: "target-cpu"="gfx942"

// Group memory in LDS, denormals kept.
// ISA: .amdgcn_target "amdgcn-amd-amdhsa--gfx942"
// ISA: .amdhsa_code_object_version 5
// ISA: global_load_dword
// ISA: ds_write_b32
// ISA: s_barrier
// ISA: .amdhsa_float_denorm_mode_32 3
// ISA: .amdhsa_float_denorm_mode_16_64 3

// What is emulated is what a GPU would be given; here on its way to the host.
// REQUIRES: hostsimt
// RUN: rm -rf %t && portico-run --device=hostsimt:nvvm --stages=%t/nvvm --no-run %s
// RUN: cat %t/nvvm/*.device | filecheck %s --check-prefix=NVVM
// RUN: cat %t/nvvm/*.llvm | filecheck %s --check-prefix=HOST
// RUN: portico-run --device=hostsimt:rocdl --stages=%t/rocdl --no-run %s
// RUN: cat %t/rocdl/*.device | filecheck %s --check-prefix=ROCDL
// RUN: cat %t/rocdl/*.llvm | filecheck %s --check-prefix=HOST

func.func @main(%x: tensor<8x1000xf32>) -> tensor<8xf32> {
  %0 = portico.reduce sum %x {axes = array<i64: 1>} : (tensor<8x1000xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// NVVM: target triple = "nvptx64-nvidia-cuda"
// NVVM: define ptx_kernel void @kernel(ptr addrspace(1)
// NVVM: call {{.*}}@llvm.nvvm.shfl.sync.bfly.i32(

// ROCDL: target triple = "amdgcn-amd-amdhsa"
// ROCDL: define {{.*}}amdgpu_kernel void @kernel(ptr addrspace(1)
// ROCDL: call i32 @llvm.amdgcn.ds.bpermute(

// The kernel's record, and its code: parameters from an array, one address space,
// nothing of the device.
// HOST: @k{{[0-9a-f]+}}_kernel = constant { i32, i32, ptr, i32,
// HOST: define internal void @kernel.code(ptr %0, ptr %1)
// HOST-NOT: addrspace
// HOST-NOT: llvm.nvvm
// HOST-NOT: llvm.amdgcn

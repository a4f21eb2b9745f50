// A program on the imitation of AMD's library: the code object is one it takes, the
// kernel is found in it, and everything happens in order on one stream.
// REQUIRES: rocm
// RUN: rm -f %t
// RUN: env PORTICO_HIP_LIBRARY=%build/lib/libportico_mock_hip.so MOCK_HIP_LOG=%t portico-run --device=rocm %s
// RUN: filecheck %s --check-prefixes=CHECK,FIRST --input-file %t
// RUN: rm -f %t
// RUN: env PORTICO_HIP_LIBRARY=%build/lib/libportico_mock_hip.so MOCK_HIP_LOG=%t portico-run --device=rocm:1 %s
// RUN: filecheck %s --check-prefixes=CHECK,SECOND --input-file %t
// RUN: not env PORTICO_HIP_LIBRARY=/nowhere/libamdhip64.so portico-run --device=rocm %s 2>&1 | filecheck %s --check-prefix=MISSING
// RUN: not portico-run --device=rocm:gfx900 %s 2>&1 | filecheck %s --check-prefix=UNKNOWN

func.func @main(%x: tensor<1000xf32>) -> tensor<1000xf32> {
  %0 = portico.sqrt %x : (tensor<1000xf32>) -> tensor<1000xf32>
  return %0 : tensor<1000xf32>
}

// Code is made for the device that it is for, whatever that is.
// CHECK: hipInit
// FIRST: hipModuleLoadData version 5, processor 0x3f
// SECOND: hipModuleLoadData version 5, processor 0x41
// CHECK: hipModuleGetFunction [[NAME:k[0-9a-f]+_kernel]]
// CHECK: hipMemcpyHtoDAsync 4000, stream 1
// CHECK: hipModuleLaunchKernel [[NAME]], grid {{[0-9]+}} 1 1, block {{[0-9]+}} 1 1, shared 0, stream 1, parameters
// CHECK: hipMemcpyDtoHAsync 4000, stream 1
// CHECK: hipStreamSynchronize stream 1

// MISSING: [device] no such device; got 'rocm:0'
// MISSING-SAME: /nowhere/libamdhip64.so
// UNKNOWN: [device] no such machine; got 'rocm:gfx900'; expected one of gfx942, gfx90a, gfx1100, gfx1201

// The linked code object of each machine: what its metadata says, that it needs
// nothing from outside, that what is inside can be read back.
// REQUIRES: rocm
// RUN: rm -rf %t
// RUN: portico-run --device=rocm:gfx90a --no-run --stages=%t/gfx90a %s
// RUN: portico-run --device=rocm:gfx942 --no-run --stages=%t/gfx942 %s
// RUN: portico-run --device=rocm:gfx1100 --no-run --stages=%t/gfx1100 %s
// RUN: portico-run --device=rocm:gfx1201 --no-run --stages=%t/gfx1201 %s
// RUN: cat %t/gfx90a/*.code | llvm-readelf -h --notes - | filecheck %s --check-prefixes=HEADER,GFX90A,NOTES,WAVE64
// RUN: cat %t/gfx942/*.code | llvm-readelf -h --notes - | filecheck %s --check-prefixes=HEADER,GFX942,NOTES,WAVE64
// RUN: cat %t/gfx1100/*.code | llvm-readelf -h --notes - | filecheck %s --check-prefixes=HEADER,GFX1100,NOTES,WAVE32
// RUN: cat %t/gfx1201/*.code | llvm-readelf -h --notes - | filecheck %s --check-prefixes=HEADER,GFX1201,NOTES,WAVE32
// RUN: cat %t/gfx1201/*.code | llvm-nm -D --undefined-only - | wc -l | filecheck %s --check-prefix=UNDEFINED
// RUN: cat %t/gfx942/*.code | llvm-nm -D - | filecheck %s --check-prefix=SYMBOLS
// RUN: cat %t/gfx942/*.code | llvm-objdump -d - | filecheck %s --check-prefix=CODE

func.func @main(%x: tensor<64x1000xf32>) -> tensor<64x1000xf32> {
  %0 = portico.exp %x : (tensor<64x1000xf32>) -> tensor<64x1000xf32>
  %1 = portico.reduce sum %0 {axes = array<i64: 1>} : (tensor<64x1000xf32>) -> tensor<64xf32>
  %2 = portico.broadcast %1 {shape = array<i64: 64, 1000>, dims = array<i64: 0>} : (tensor<64xf32>) -> tensor<64x1000xf32>
  %3 = portico.div %0, %2 : (tensor<64x1000xf32>, tensor<64x1000xf32>) -> tensor<64x1000xf32>
  return %3 : tensor<64x1000xf32>
}

// HEADER: OS/ABI: AMDGPU - HSA
// HEADER: ABI Version: 3
// HEADER: Type: DYN
// GFX90A: Flags: {{.*}}gfx90a
// GFX942: Flags: {{.*}}gfx942
// GFX1100: Flags: {{.*}}gfx1100
// GFX1201: Flags: {{.*}}gfx1201
// The parameters, in the order of a launch; none that the runtime would have to add.
// NOTES: .args:
// NOTES: .offset: 0
// NOTES-NEXT: .size: 8
// NOTES-NEXT: .value_kind: global_buffer
// NOTES: .value_kind: by_value
// NOTES: .value_kind: global_buffer
// NOTES-NOT: hidden_
// NOTES: .max_flat_workgroup_size: [[BLOCK:[0-9]+]]
// NOTES: .private_segment_fixed_size: 0
// NOTES: .reqd_workgroup_size:
// NOTES-NEXT: - [[BLOCK]]
// NOTES: .sgpr_spill_count: 0
// NOTES: .uses_dynamic_stack: false
// NOTES: .vgpr_spill_count: 0
// WAVE64: .wavefront_size: 64
// WAVE32: .wavefront_size: 32
// UNDEFINED: {{^0$}}
// SYMBOLS: T [[NAME:k[0-9a-f]+_kernel]]
// SYMBOLS: R [[NAME]].kd
// CODE: s_load_dword
// CODE: s_endpgm

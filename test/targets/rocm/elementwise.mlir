// Elementwise kernels move 16 bytes with each instruction on every machine.
// REQUIRES: rocm
// RUN: rm -rf %t
// RUN: portico-run --device=rocm:gfx90a --no-run --stages=%t/gfx90a %s
// RUN: portico-run --device=rocm:gfx942 --no-run --stages=%t/gfx942 %s
// RUN: portico-run --device=rocm:gfx1100 --no-run --stages=%t/gfx1100 %s
// RUN: portico-run --device=rocm:gfx1201 --no-run --stages=%t/gfx1201 %s
// RUN: cat %t/gfx90a/*.isa | filecheck %s --check-prefix=GFX9
// RUN: cat %t/gfx942/*.isa | filecheck %s --check-prefix=GFX9
// RUN: cat %t/gfx1100/*.isa | filecheck %s --check-prefix=GFX1X
// RUN: cat %t/gfx1201/*.isa | filecheck %s --check-prefix=GFX1X

func.func @main(%x: tensor<1048576xf32>, %y: tensor<1048576xf32>) -> tensor<1048576xf32> {
  %0 = portico.exp %x : (tensor<1048576xf32>) -> tensor<1048576xf32>
  %1 = portico.mul %0, %y : (tensor<1048576xf32>, tensor<1048576xf32>) -> tensor<1048576xf32>
  return %1 : tensor<1048576xf32>
}

// GFX9: global_load_dwordx4
// GFX9: global_load_dwordx4
// GFX9: global_store_dwordx4
// GFX9: .vgpr_spill_count: 0
// GFX1X: global_load_b128
// GFX1X: global_load_b128
// GFX1X: global_store_b128
// GFX1X: .vgpr_spill_count: 0

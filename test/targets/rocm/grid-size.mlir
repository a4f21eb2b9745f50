// A kernel that asks how many groups there are reads it behind its parameters, and
// has the runtime pass nothing that costs anything.
// REQUIRES: rocm
// RUN: rm -rf %t && portico-run --device=rocm:gfx1100 --no-run --stages=%t %s
// RUN: cat %t/*.isa | filecheck %s

func.func @main(%x: tensor<5x7xf32>) -> tensor<5x7xf32> {
  %0, %1 = portico.sort %x {axis = 1 : i64, descending = false} : (tensor<5x7xf32>) -> (tensor<5x7xf32>, tensor<5x7xi64>)
  return %0 : tensor<5x7xf32>
}

// CHECK: .amdhsa_user_sgpr_dispatch_ptr 0
// CHECK: .value_kind: hidden_block_count_x
// CHECK-NOT: hidden_hostcall_buffer
// CHECK-NOT: hidden_heap_v1
// CHECK-NOT: hidden_default_queue
// CHECK-NOT: hidden_multigrid_sync_arg

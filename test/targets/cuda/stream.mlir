// A product of half types on a machine whose matrix instructions read group memory: copies of
// whole tiles, started by one work-item some steps ahead, and no operand in a register.
// REQUIRES: cuda
// RUN: rm -rf %t && portico-run --device=cuda:sm_90a --no-run --stages=%t/new %s
// RUN: cat %t/new/*.lowered | filecheck %s --check-prefix=GPU
// RUN: cat %t/new/*.ptx | filecheck %s --check-prefix=PTX
// RUN: portico-run --device=cuda:sm_80 --no-run --stages=%t/old %s
// RUN: cat %t/old/*.lowered | filecheck %s --check-prefix=OLD

func.func @main(%a: tensor<2048x1024xbf16>, %b: tensor<1024x2048xbf16>) -> tensor<2048x2048xbf16> {
  %0 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2048x1024xbf16>, tensor<1024x2048xbf16>) -> tensor<2048x2048xbf16>
  return %0 : tensor<2048x2048xbf16>
}

// GPU: gpu.func @kernel(%[[A:[^:]*]]: memref<2097152xbf16, #gpu.address_space<global>> {{[^,]*}}, %[[B:[^:]*]]: memref<2097152xbf16
// GPU: simt.init_signals
// GPU: gpu.barrier
// The rows of A as one panel, the columns of B as four.
// GPU: simt.expect_bytes {{.*}} {bytes = 49152 : i64}
// GPU: simt.copy_tile %[[A]][{{.*}} {box = array<i64: 64, 128>, offset = 0 : i64, sizes = array<i64: 1024, 2048>, strides = array<i64: 1, 1024>}
// GPU: simt.copy_tile %[[B]][{{.*}} {box = array<i64: 64, 64>, offset = 0 : i64, sizes = array<i64: 2048, 1024>, strides = array<i64: 1, 2048>}
// GPU: simt.copy_tile %[[B]]
// GPU: simt.copy_tile %[[B]]
// GPU: simt.copy_tile %[[B]]
// GPU: scf.for
// GPU: simt.await_signal
// GPU: %[[SUM:.*]] = simt.group_multiply_add {{.*}} {bAcross, bPitch = 8192 : i64, element = bf16, k = 64 : i64, m = 64 : i64, n = 256 : i64}
// GPU: simt.group_multiply_wait %[[SUM]] {pending = 1 : i64}
// GPU: gpu.barrier
// GPU: simt.copy_tile
// GPU: simt.group_multiply_wait {{.*}} {pending = 0 : i64}

// The maps follow the other parameters, each once.
// PTX: .param .align 128 .b8 {{.*}}_param_6[128],
// PTX: .param .align 128 .b8 {{.*}}_param_7[128]
// PTX-NOT: [128]
// PTX: mbarrier.init.shared.b64
// PTX: cp.async.bulk.tensor.2d.shared::cluster.global
// PTX: mbarrier.try_wait.parity
// PTX: wgmma.fence.sync.aligned
// PTX-COUNT-4: wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16
// PTX: wgmma.commit_group.sync.aligned
// PTX: wgmma.wait_group.sync.aligned 1;
// PTX: wgmma.wait_group.sync.aligned 0;

// OLD-NOT: simt.copy_tile
// OLD: simt.multiply_add

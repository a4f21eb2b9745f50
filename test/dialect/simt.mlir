// The instructions of many lanes, as they are written and read.
// RUN: portico-opt %s --split-input-file | portico-opt --split-input-file | filecheck %s

// CHECK-LABEL: func.func @half
func.func @half(%a: vector<4xf16>, %c: vector<16xf32>) -> vector<16xf32> {
  // CHECK: simt.multiply_add %{{.*}}, %{{.*}}, %{{.*}} {k = 8 : i64, m = 32 : i64, n = 32 : i64} : vector<4xf16>, vector<4xf16>, vector<16xf32>
  %d = simt.multiply_add %a, %a, %c {m = 32, n = 32, k = 8} : vector<4xf16>, vector<4xf16>, vector<16xf32>
  return %d : vector<16xf32>
}

// -----

// CHECK-LABEL: func.func @rounded
func.func @rounded(%a: vector<4xf32>, %b: vector<2xf32>, %c: vector<4xf32>) -> vector<4xf32> {
  // CHECK: simt.multiply_add {{.*}} tf32
  %d = simt.multiply_add %a, %b, %c {m = 16, n = 8, k = 8, tf32} : vector<4xf32>, vector<2xf32>, vector<4xf32>
  return %d : vector<4xf32>
}

// -----

!signals = memref<4xi64, #gpu.address_space<workgroup>>
!bytes = memref<65536xi8, #gpu.address_space<workgroup>>

// CHECK-LABEL: func.func @stream
func.func @stream(%x: memref<196608xbf16, #gpu.address_space<global>>, %memory: !bytes, %signals: !signals,
                  %k: index, %row: index, %at: index, %s: index, %c: vector<64xf32>) -> vector<64xf32> {
  // CHECK: simt.init_signals %{{.*}} : memref<4xi64, #gpu.address_space<workgroup>>
  simt.init_signals %signals : !signals
  // CHECK: simt.expect_bytes %{{.*}}[%{{.*}}] {bytes = 16384 : i64}
  simt.expect_bytes %signals[%s] {bytes = 16384} : !signals
  // CHECK: simt.copy_tile %{{.*}}[%{{.*}}, %{{.*}}] to %{{.*}}[%{{.*}}] signal %{{.*}}[%{{.*}}]
  // CHECK-SAME: box = array<i64: 64, 128>
  simt.copy_tile %x[%k, %row] to %memory[%at] signal %signals[%s]
      {sizes = array<i64: 512, 384>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 128>}
      : memref<196608xbf16, #gpu.address_space<global>>, !bytes, !signals
  // CHECK: simt.await_signal %{{.*}}[%{{.*}}], %{{.*}} : memref<4xi64
  simt.await_signal %signals[%s], %k : !signals
  // CHECK: simt.group_multiply_add %{{.*}}[%{{.*}}], %{{.*}}, %{{.*}} {bAcross, bPitch = 8192 : i64, element = bf16
  %d = simt.group_multiply_add %memory[%at], %row, %c
      {element = bf16, m = 64, n = 128, k = 64, bAcross, bPitch = 8192} : !bytes, vector<64xf32>
  // CHECK: simt.group_multiply_wait %{{.*}} {pending = 0 : i64} : vector<64xf32>
  %e = simt.group_multiply_wait %d {pending = 0} : vector<64xf32>
  return %e : vector<64xf32>
}

// -----

// CHECK-LABEL: func.func @round
func.func @round(%x: f32) -> f32 {
  // CHECK: simt.round_tf32 %{{.*}} : f32
  %y = simt.round_tf32 %x : f32
  return %y : f32
}

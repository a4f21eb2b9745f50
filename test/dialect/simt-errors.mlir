// What the instructions of many lanes reject; a function is named after the constraint that is broken.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @multiply_add_c1(%a: vector<4xf16>, %b: vector<4xbf16>, %c: vector<4xf32>) {
  // expected-error@+1 {{'simt.multiply_add' op A and B differ in their elements; got 'f16' and 'bf16'; expected one type (multiply_add_c1)}}
  %d = simt.multiply_add %a, %b, %c {m = 16, n = 16, k = 16} : vector<4xf16>, vector<4xbf16>, vector<4xf32>
  return
}

// -----

func.func @multiply_add_c2(%a: vector<4xf16>, %c: vector<4xf32>) {
  // expected-error@+1 {{'simt.multiply_add' op a size is not positive; got m = 16, n = 0, k = 16; expected at least 1 (multiply_add_c2)}}
  %d = simt.multiply_add %a, %a, %c {m = 16, n = 0, k = 16} : vector<4xf16>, vector<4xf16>, vector<4xf32>
  return
}

// -----

func.func @multiply_add_c3(%a: vector<4xf16>, %c: vector<4xf32>) {
  // expected-error@+1 {{'simt.multiply_add' op tf32 is a way to multiply f32; got elements of 'f16'; expected f32 (multiply_add_c3)}}
  %d = simt.multiply_add %a, %a, %c {m = 16, n = 16, k = 16, tf32} : vector<4xf16>, vector<4xf16>, vector<4xf32>
  return
}

// -----

func.func @init_signals_c1(%s: memref<4xi64>) {
  // expected-error@+1 {{'simt.init_signals' op the signals lie elsewhere; got 'memref<4xi64>'; expected group memory (init_signals_c1)}}
  simt.init_signals %s : memref<4xi64>
  return
}

// -----

func.func @init_signals_size_c1(%s: memref<?xi64, #gpu.address_space<workgroup>>) {
  // expected-error@+1 {{'simt.init_signals' op the number of signals is not known; got 'memref<?xi64, #gpu.address_space<workgroup>>'; expected a static size (init_signals_c1)}}
  simt.init_signals %s : memref<?xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @expect_bytes_c1(%s: memref<4xi64>, %i: index) {
  // expected-error@+1 {{'simt.expect_bytes' op the signals lie elsewhere; got 'memref<4xi64>'; expected group memory (expect_bytes_c1)}}
  simt.expect_bytes %s[%i] {bytes = 8} : memref<4xi64>
  return
}

// -----

func.func @expect_bytes_c2(%s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.expect_bytes' op a round does not count that far; got 1048576 bytes; expected at least 1 and below 2^20 (expect_bytes_c2)}}
  simt.expect_bytes %s[%i] {bytes = 1048576} : memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @await_signal_c1(%s: memref<4xi64>, %i: index) {
  // expected-error@+1 {{'simt.await_signal' op the signals lie elsewhere; got 'memref<4xi64>'; expected group memory (await_signal_c1)}}
  simt.await_signal %s[%i], %i : memref<4xi64>
  return
}

// -----

func.func @copy_tile_c1(%m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  %x = memref.alloc() : memref<65536xbf16>
  // expected-error@+1 {{'simt.copy_tile' op the source is no argument of the function; expected one (copy_tile_c1)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_c2(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the dimensions differ; got a position of 2, 3 sizes, 2 strides and a box of 2; expected one number from 2 to 5 (copy_tile_c2)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 8, 8, 8>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_c3(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the tensor does not begin as a copy wants it; got a first stride of 2 and an offset of 0 bytes; expected 1 and a multiple of 16 (copy_tile_c3)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 2, 512>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_offset_c3(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the tensor does not begin as a copy wants it; got a first stride of 1 and an offset of 8 bytes; expected 1 and a multiple of 16 (copy_tile_c3)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 512>, offset = 4, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_stride_c3(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op a stride is not what a copy wants; got 1022 bytes; expected a positive multiple of 16 (copy_tile_c3)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 511>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_c4(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op a run of the box is no row of a panel; got 64 bytes; expected 128 (copy_tile_c4)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 32, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_box_c4(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the box is too large; got an extent of 257; expected at least 1 and at most 256 (copy_tile_c4)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 257>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_c5(%x: memref<65536xbf16>, %m: memref<65536xi8>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the panels lie elsewhere; got 'memref<65536xi8>'; expected group memory (copy_tile_c5)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @copy_tile_signals_c5(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the signals lie elsewhere; got 'memref<4xi64>'; expected group memory (copy_tile_c5)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 128>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64>
  return
}

// -----

func.func @copy_tile_c6(%x: memref<65536xbf16>, %m: memref<65536xi8, #gpu.address_space<workgroup>>, %s: memref<4xi64, #gpu.address_space<workgroup>>, %i: index) {
  // expected-error@+1 {{'simt.copy_tile' op the tensor has no elements; got a size of 0; expected at least 1 (copy_tile_c6)}}
  simt.copy_tile %x[%i, %i] to %m[%i] signal %s[%i] {sizes = array<i64: 512, 0>, strides = array<i64: 1, 512>, offset = 0, box = array<i64: 64, 128>} : memref<65536xbf16>, memref<65536xi8, #gpu.address_space<workgroup>>, memref<4xi64, #gpu.address_space<workgroup>>
  return
}

// -----

func.func @group_multiply_add_c1(%m: memref<65536xi8>, %i: index, %c: vector<64xf32>) {
  // expected-error@+1 {{'simt.group_multiply_add' op the panels lie elsewhere; got 'memref<65536xi8>'; expected group memory (group_multiply_add_c1)}}
  %d = simt.group_multiply_add %m[%i], %i, %c {element = f16, m = 64, n = 128, k = 64} : memref<65536xi8>, vector<64xf32>
  return
}

// -----

func.func @group_multiply_add_c2(%m: memref<65536xi8, #gpu.address_space<workgroup>>, %i: index, %c: vector<64xf32>) {
  // expected-error@+1 {{'simt.group_multiply_add' op no product of panels; got m = 64, n = 128, k = 64 of 'f32'; expected at least 1 of each and 16 bits (group_multiply_add_c2)}}
  %d = simt.group_multiply_add %m[%i], %i, %c {element = f32, m = 64, n = 128, k = 64} : memref<65536xi8, #gpu.address_space<workgroup>>, vector<64xf32>
  return
}

// -----

func.func @group_multiply_wait_c1(%c: vector<64xf32>) {
  // expected-error@+1 {{'simt.group_multiply_wait' op too many products under way; got 8; expected at most 7 (group_multiply_wait_c1)}}
  %d = simt.group_multiply_wait %c {pending = 8} : vector<64xf32>
  return
}

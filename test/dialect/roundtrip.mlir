// Every op prints what it parses, in the custom and in the generic form, and through bytecode.
// RUN: portico-opt %s | portico-opt | filecheck %s
// RUN: portico-opt %s --mlir-print-op-generic | portico-opt | filecheck %s
// RUN: portico-opt %s --emit-bytecode | portico-opt | filecheck %s

// CHECK-LABEL: func.func @unary
func.func @unary(%f: tensor<2x3xf32>, %h: tensor<4xbf16>, %i: tensor<4xui8>, %b: tensor<i1>) {
  // CHECK: portico.abs %{{.*}} : (tensor<4xui8>) -> tensor<4xui8>
  %0 = portico.abs %i : (tensor<4xui8>) -> tensor<4xui8>
  // CHECK: portico.neg
  %1 = portico.neg %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.sign
  %2 = portico.sign %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.floor
  %3 = portico.floor %h : (tensor<4xbf16>) -> tensor<4xbf16>
  // CHECK: portico.ceil
  %4 = portico.ceil %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.trunc
  %5 = portico.trunc %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.round
  %6 = portico.round %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.not %{{.*}} : (tensor<i1>) -> tensor<i1>
  %7 = portico.not %b : (tensor<i1>) -> tensor<i1>
  // CHECK: portico.exp
  %8 = portico.exp %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.expm1
  %9 = portico.expm1 %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.log
  %10 = portico.log %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.log1p
  %11 = portico.log1p %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.log2
  %12 = portico.log2 %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.sqrt
  %13 = portico.sqrt %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.rsqrt
  %14 = portico.rsqrt %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.sin
  %15 = portico.sin %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.cos
  %16 = portico.cos %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.tanh
  %17 = portico.tanh %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // CHECK: portico.erf
  %18 = portico.erf %f : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%f: tensor<2xf64>, %i: tensor<2xi32>, %b: tensor<0xi1>) {
  // CHECK: portico.add %{{.*}}, %{{.*}} : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  %0 = portico.add %f, %f : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  // CHECK: portico.sub
  %1 = portico.sub %f, %f : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  // CHECK: portico.mul
  %2 = portico.mul %f, %f : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  // CHECK: portico.div
  %3 = portico.div %f, %f : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  // CHECK: portico.rem
  %4 = portico.rem %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.pow
  %5 = portico.pow %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.max
  %6 = portico.max %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.min
  %7 = portico.min %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.atan2
  %8 = portico.atan2 %f, %f : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
  // CHECK: portico.and %{{.*}} : (tensor<0xi1>, tensor<0xi1>) -> tensor<0xi1>
  %9 = portico.and %b, %b : (tensor<0xi1>, tensor<0xi1>) -> tensor<0xi1>
  // CHECK: portico.or
  %10 = portico.or %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.xor
  %11 = portico.xor %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.shl
  %12 = portico.shl %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.shr
  %13 = portico.shr %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.compare lt %{{.*}}, %{{.*}} : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xi1>
  %14 = portico.compare lt %f, %f : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xi1>
  // CHECK: portico.select
  %15 = portico.select %14, %i, %i : (tensor<2xi1>, tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  // CHECK: portico.cast %{{.*}} {dtype = bf16} : (tensor<2xf64>) -> tensor<2xbf16>
  %16 = portico.cast %f {dtype = bf16} : (tensor<2xf64>) -> tensor<2xbf16>
  // CHECK: portico.bitcast %{{.*}} {dtype = f32} : (tensor<2xi32>) -> tensor<2xf32>
  %17 = portico.bitcast %i {dtype = f32} : (tensor<2xi32>) -> tensor<2xf32>
  return
}

// CHECK-LABEL: func.func @creation
func.func @creation(%seed: tensor<i64>) {
  // CHECK: portico.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf16>
  %0 = portico.constant dense<[1.0, 2.0]> : tensor<2xf16>
  // CHECK: portico.constant dense<255> : tensor<ui8>
  %1 = portico.constant dense<255> : tensor<ui8>
  // CHECK: portico.constant dense<> : tensor<0x3xf32>
  %2 = portico.constant dense<> : tensor<0x3xf32>
  // CHECK: portico.constant dense_resource<blob> : tensor<2xf32>
  %5 = portico.constant dense_resource<blob> : tensor<2xf32>
  // CHECK: portico.iota {axis = 1 : i64, dtype = i64, shape = array<i64: 2, 3>} : () -> tensor<2x3xi64>
  %3 = portico.iota {axis = 1 : i64, dtype = i64, shape = array<i64: 2, 3>} : () -> tensor<2x3xi64>
  // CHECK: portico.random_bits
  %4 = portico.random_bits %seed, %seed {shape = array<i64: 5>} : (tensor<i64>, tensor<i64>) -> tensor<5xi32>
  return
}

// CHECK-LABEL: func.func @shape
func.func @shape(%x: tensor<2x3xf32>, %v: tensor<f32>, %e: tensor<0xf32>) {
  // CHECK: portico.reshape %{{.*}} {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  %0 = portico.reshape %x {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  // CHECK: portico.reshape %{{.*}} {shape = array<i64: 7, 0>} : (tensor<0xf32>) -> tensor<7x0xf32>
  %1 = portico.reshape %e {shape = array<i64: 7, 0>} : (tensor<0xf32>) -> tensor<7x0xf32>
  // CHECK: portico.broadcast %{{.*}} {dims = array<i64>, shape = array<i64: 4, 5>}
  %2 = portico.broadcast %v {dims = array<i64>, shape = array<i64: 4, 5>} : (tensor<f32>) -> tensor<4x5xf32>
  // CHECK: portico.permute
  %3 = portico.permute %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  // CHECK: portico.slice %{{.*}} : (tensor<2x3xf32>) -> tensor<0x2xf32>
  %4 = portico.slice %x {starts = array<i64: 1, 0>, limits = array<i64: 1, 3>, strides = array<i64: 1, 2>} : (tensor<2x3xf32>) -> tensor<0x2xf32>
  // CHECK: portico.update_slice
  %5 = portico.update_slice %x, %4 {starts = array<i64: 2, 0>, strides = array<i64: 1, 2>} : (tensor<2x3xf32>, tensor<0x2xf32>) -> tensor<2x3xf32>
  // CHECK: portico.pad
  %6 = portico.pad %x, %v {low = array<i64: 1, 0>, high = array<i64: 0, 2>} : (tensor<2x3xf32>, tensor<f32>) -> tensor<3x5xf32>
  // CHECK: portico.concat
  %7 = portico.concat %x, %x {axis = 1 : i64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>
  // CHECK: portico.reverse
  %8 = portico.reverse %x {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @indexing
func.func @indexing(%x: tensor<5x3xf32>, %i: tensor<2x4xi64>, %u: tensor<2x4x3xf32>, %s: tensor<i64>, %w: tensor<1x2xf32>) {
  // CHECK: portico.gather %{{.*}} {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<5x3xf32>, tensor<2x4xi64>) -> tensor<2x4x3xf32>
  %0 = portico.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<5x3xf32>, tensor<2x4xi64>) -> tensor<2x4x3xf32>
  // CHECK: portico.scatter
  %1 = portico.scatter add %x, %i, %u {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<5x3xf32>, tensor<2x4xi64>, tensor<2x4x3xf32>) -> tensor<5x3xf32>
  // CHECK: portico.dynamic_slice
  %2 = portico.dynamic_slice %x, %s, %s {sizes = array<i64: 1, 2>} : (tensor<5x3xf32>, tensor<i64>, tensor<i64>) -> tensor<1x2xf32>
  // CHECK: portico.dynamic_update_slice
  %3 = portico.dynamic_update_slice %x, %w, %s, %s : (tensor<5x3xf32>, tensor<1x2xf32>, tensor<i64>, tensor<i64>) -> tensor<5x3xf32>
  return
}

// CHECK-LABEL: func.func @reduction
func.func @reduction(%x: tensor<2x5x6xf32>, %b: tensor<2x0xi1>) {
  // CHECK: portico.reduce sum %{{.*}} {axes = array<i64: 0, 2>} : (tensor<2x5x6xf32>) -> tensor<5xf32>
  %0 = portico.reduce sum %x {axes = array<i64: 0, 2>} : (tensor<2x5x6xf32>) -> tensor<5xf32>
  // CHECK: portico.reduce max %{{.*}} : (tensor<2x0xi1>) -> tensor<2xi1>
  %1 = portico.reduce max %b {axes = array<i64: 1>} : (tensor<2x0xi1>) -> tensor<2xi1>
  // CHECK: portico.arg_reduce
  %2 = portico.arg_reduce min %x {axis = 1 : i64} : (tensor<2x5x6xf32>) -> tensor<2x6xi64>
  // CHECK: portico.scan
  %3 = portico.scan sum %x {axis = 1 : i64, reverse = true} : (tensor<2x5x6xf32>) -> tensor<2x5x6xf32>
  // CHECK: portico.reduce_window max %{{.*}} -> tensor<2x3x3xf32>
  %4 = portico.reduce_window max %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 1, 0>} : (tensor<2x5x6xf32>) -> tensor<2x3x3xf32>
  // CHECK: portico.arg_reduce_window max %{{.*}} -> tensor<2x3x3xi64>
  %5 = portico.arg_reduce_window max %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 1, 0>} : (tensor<2x5x6xf32>) -> tensor<2x3x3xi64>
  // CHECK: portico.sort {{.*}} -> (tensor<2x5x6xf32>, tensor<2x5x6xi64>)
  %6:2 = portico.sort %x {axis = 2 : i64, descending = false} : (tensor<2x5x6xf32>) -> (tensor<2x5x6xf32>, tensor<2x5x6xi64>)
  return
}

// CHECK-LABEL: func.func @contraction
func.func @contraction(%a: tensor<7x2x3xf32>, %b: tensor<7x3x4xf32>, %x: tensor<1x4x8x8xf32>, %w: tensor<6x2x3x3xf32>) {
  // CHECK: portico.dot_general {{.*}} -> tensor<7x2x4xf32>
  %0 = portico.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 1>} : (tensor<7x2x3xf32>, tensor<7x3x4xf32>) -> tensor<7x2x4xf32>
  // CHECK: portico.convolution {{.*}} -> tensor<1x6x4x4xf32>
  %1 = portico.convolution %x, %w {strides = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x4x8x8xf32>, tensor<6x2x3x3xf32>) -> tensor<1x6x4x4xf32>
  // CHECK: portico.convolution_input_grad {{.*}} -> tensor<1x4x8x8xf32>
  %2 = portico.convolution_input_grad %1, %w {input_size = array<i64: 8, 8>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x6x4x4xf32>, tensor<6x2x3x3xf32>) -> tensor<1x4x8x8xf32>
  // CHECK: portico.convolution_filter_grad {{.*}} -> tensor<6x2x3x3xf32>
  %3 = portico.convolution_filter_grad %x, %1 {filter_size = array<i64: 3, 3>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x4x8x8xf32>, tensor<1x6x4x4xf32>) -> tensor<6x2x3x3xf32>
  // CHECK: portico.dot_general {{.*}} {allow_tf32, lhs_batch
  %4 = portico.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 1>, allow_tf32} : (tensor<7x2x3xf32>, tensor<7x3x4xf32>) -> tensor<7x2x4xf32>
  return
}

// CHECK-LABEL: func.func @structure
func.func @structure(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: portico.call @callee(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32>
  %0 = portico.call @callee(%x) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: portico.kernel "loop" (%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: portico.add
  // CHECK-NEXT: portico.yield %{{.*}} : tensor<4xf32>
  // CHECK-NEXT: }
  %1 = portico.kernel "loop" (%a = %0, %b = %y) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> {
    %s = portico.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    portico.yield %s : tensor<4xf32>
  }
  // CHECK: portico.kernel () attributes {note = "empty"} : () -> () {
  // CHECK-NEXT: portico.yield{{$}}
  // CHECK-NEXT: }
  portico.kernel () attributes {note = "empty"} : () -> () {
  }
  // CHECK: portico.custom_call "lib.f"(%{{.*}}) {config = {k = 1 : i64}} : (tensor<4xf32>) -> tensor<4xf32>
  %2 = portico.custom_call "lib.f"(%1) {config = {k = 1 : i64}} : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
func.func private @callee(tensor<4xf32>) -> tensor<4xf32>

// CHECK: blob: "0x040000000000803F00000040"
{-# dialect_resources: { builtin: { blob: "0x040000000000803F00000040" } } #-}

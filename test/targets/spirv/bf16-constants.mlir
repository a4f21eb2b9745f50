// A vector of equal bf16 numbers becomes one of integers, type and all.
// REQUIRES: spirv
// RUN: rm -rf %t && mkdir %t && portico-run --device=spirv:spirv64 --no-run --stages=%t %s
// RUN: cat %t/*.llvm | filecheck %s

// CHECK-NOT: bfloat
// CHECK: store <8 x i16> zeroinitializer
// CHECK-NOT: bfloat
func.func @main(%x: tensor<3x0xbf16>) -> tensor<3xbf16> {
  %0 = portico.reduce sum %x {axes = array<i64: 1>} : (tensor<3x0xbf16>) -> tensor<3xbf16>
  return %0 : tensor<3xbf16>
}

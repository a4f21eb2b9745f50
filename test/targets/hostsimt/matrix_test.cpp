//===- matrix_test.cpp - matrix instructions of both vendors ----------------===//
//
// Each test packs the registers of the lanes as the manual of the instruction says,
// and looks for the product where the manual says it is.
//
//===----------------------------------------------------------------------===//

#include "test/targets/hostsimt/harness.h"

#include <cmath>
#include <cstring>
#include <functional>

using namespace portico::test;

namespace {

struct Place {
  int row, column;
};
using PlaceOf = std::function<Place(int lane, int i)>;

/// An instruction: its sizes, what a lane holds of a, b and d, and where that is.
struct Matrix {
  int m, n, k, lanes;
  int aCount, bCount, dCount;
  PlaceOf a, b, d;
};

int valueOfA(Place at) { return at.row % 5 - at.column % 3; }
int valueOfB(Place at) { return at.row % 4 + at.column % 7 - 3; }

uint16_t toHalf(int value) {
  auto half = _Float16(value);
  uint16_t bits;
  memcpy(&bits, &half, 2);
  return bits;
}
uint16_t toBfloat(int value) {
  auto single = float(value);
  uint32_t bits;
  memcpy(&bits, &single, 4);
  return uint16_t(bits >> 16);
}
uint64_t toDouble(int value) {
  auto wide = double(value);
  uint64_t bits;
  memcpy(&bits, &wide, 8);
  return bits;
}
uint32_t toSingle(int value) {
  auto single = float(value);
  uint32_t bits;
  memcpy(&bits, &single, 4);
  return bits;
}

/// The lanes' registers, those of a and then those of b, one lane after the other.
template <typename Bits> Memory<float> pack(const Matrix &matrix, Bits (*convert)(int)) {
  std::vector<Bits> bits;
  for (int lane = 0; lane < matrix.lanes; ++lane) {
    for (int i = 0; i < matrix.aCount; ++i)
      bits.push_back(convert(valueOfA(matrix.a(lane, i))));
    for (int i = 0; i < matrix.bCount; ++i)
      bits.push_back(convert(valueOfB(matrix.b(lane, i))));
  }
  Memory<float> memory;
  memory.values.resize(bits.size() * sizeof(Bits) / sizeof(float));
  memcpy(memory.values.data(), bits.data(), bits.size() * sizeof(Bits));
  return memory;
}

/// Runs `ir` and compares. The accumulator is 1 everywhere.
template <typename Sum = float>
void expectProduct(const Matrix &matrix, Memory<float> registers, const std::string &ir) {
  std::vector<Sum> ones(size_t(matrix.lanes * matrix.dCount), 1);
  Memory<float> d;
  d.values.resize(ones.size() * sizeof(Sum) / sizeof(float));
  memcpy(d.values.data(), ones.data(), ones.size() * sizeof(Sum));
  Outcome outcome = runCode(ir, uint32_t(matrix.lanes), registers, d, {1, uint32_t(matrix.lanes)});
  if (!outcome.ok)
    failAt(__FILE__, __LINE__, "a product, got '" + outcome.message + "'");
  for (int lane = 0; lane < matrix.lanes; ++lane)
    for (int i = 0; i < matrix.dCount; ++i) {
      Place at = matrix.d(lane, i);
      int sum = 1;
      for (int k = 0; k < matrix.k; ++k)
        sum += valueOfA({at.row, k}) * valueOfB({k, at.column});
      Sum got;
      memcpy(&got, reinterpret_cast<const Sum *>(d.values.data()) + lane * matrix.dCount + i,
             sizeof(Sum));
      EXPECT(got == Sum(sum));
    }
}

/// A kernel that loads `type` twice, a and b, and calls `name` on vectors of `count`
/// results.
std::string amdKernel(const std::string &name, const std::string &type, int count,
                      const std::string &modifiers, const std::string &sum = "float") {
  std::string result = "<" + std::to_string(count) + " x " + sum + ">";
  std::string types = modifiers.empty() ? "" : ", i32, i32, i32";
  return "declare i32 @llvm.amdgcn.workitem.id.x()\n"
         "declare " +
         result + " @" + name + "(" + type + ", " + type + ", " + result + types +
         ")\n"
         "define amdgpu_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, i64 %e, "
         "ptr addrspace(1) %s) {\n"
         "  %t = call i32 @llvm.amdgcn.workitem.id.x()\n"
         "  %pa = getelementptr [2 x " +
         type + "], ptr addrspace(1) %a, i32 %t, i32 0\n  %pb = getelementptr [2 x " + type +
         "], ptr addrspace(1) %a, i32 %t, i32 1\n"
         "  %va = load " +
         type + ", ptr addrspace(1) %pa, align 4\n  %vb = load " + type +
         ", ptr addrspace(1) %pb, align 4\n"
         "  %pd = getelementptr " +
         result + ", ptr addrspace(1) %b, i32 %t\n  %c = load " + result +
         ", ptr addrspace(1) %pd, align 4\n"
         "  %d = call " +
         result + " @" + name + "(" + type + " %va, " + type + " %vb, " + result + " %c" +
         modifiers + ")\n  store " + result + " %d, ptr addrspace(1) %pd, align 4\n  ret void\n}\n";
}

/// The same with each of `a` and `b` registers an operand, and each result a field.
std::string ptxKernel(const std::string &name, int a, int b, const std::string &input = "i32",
                      const std::string &sum = "float", int results = 4) {
  std::string types, loads, operands;
  for (int i = 0; i < a + b; ++i) {
    std::string n = std::to_string(i);
    types += input + ", ";
    loads += "  %p" + n + " = getelementptr [" + std::to_string(a + b) + " x " + input +
             "], ptr addrspace(1) %a, i32 %t, i32 " + n + "\n  %v" + n + " = load " + input +
             ", ptr addrspace(1) %p" + n + "\n";
    operands += input + " %v" + n + ", ";
  }
  std::string fields, sums, stores;
  for (int i = 0; i < results; ++i) {
    fields += (i ? ", " : "") + sum;
    sums += (i ? ", " : "") + sum + " 1.0";
  }
  for (int i = 0; i < results; ++i) {
    std::string n = std::to_string(i);
    stores += "  %r" + n + " = extractvalue {" + fields + "} %d, " + n + "\n  %q" + n +
              " = getelementptr [" + std::to_string(results) + " x " + sum +
              "], ptr addrspace(1) %b, i32 %t, i32 " + n + "\n  store " + sum + " %r" + n +
              ", ptr addrspace(1) %q" + n + "\n";
  }
  return "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n"
         "declare {" +
         fields + "} @" + name + "(" + types + fields +
         ")\n"
         "define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, i64 %e, "
         "ptr addrspace(1) %s) {\n  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n" +
         loads + "  %d = call {" + fields + "} @" + name + "(" + operands + sums + ")\n" + stores +
         "  ret void\n}\n";
}

/// PTX manual, "Matrix Fragments for mma.m16n8k16" and its neighbours, for elements
/// of which a register holds `packed`.
Matrix mma(int k, int packed) {
  int perRegister = 4 * packed; // columns of a that one register of all lanes covers
  int registers = k / perRegister;
  return {
      16,
      8,
      k,
      32,
      2 * registers * packed,
      registers * packed,
      4,
      [=](int lane, int i) {
        int part = i / packed;
        return Place{lane / 4 + (part % 2 ? 8 : 0),
                     (lane % 4) * packed + i % packed + (part / 2) * perRegister};
      },
      [=](int lane, int i) {
        return Place{(lane % 4) * packed + i % packed + (i / packed) * perRegister, lane / 4};
      },
      [](int lane, int i) { return Place{lane / 4 + (i < 2 ? 0 : 8), (lane % 4) * 2 + i % 2}; }};
}

/// CDNA 3 manual, "Matrix Arithmetic Instructions": lanes go down a column of a.
Matrix mfma(int size, int k) {
  int parts = 64 / size, held = k / parts;
  return {size,
          size,
          k,
          64,
          held,
          held,
          size * size / 64,
          [=](int lane, int i) { return Place{lane % size, lane / size * held + i}; },
          [=](int lane, int i) { return Place{lane / size * held + i, lane % size}; },
          [=](int lane, int i) {
            return Place{i / 4 * 4 * parts + lane / size * 4 + i % 4, lane % size};
          }};
}

} // namespace

TEST(hostsimt_mma_of_bfloats) {
  Matrix matrix = mma(16, 2);
  expectProduct(matrix, pack(matrix, toBfloat),
                ptxKernel("llvm.nvvm.mma.m16n8k16.row.col.bf16", 4, 2));
}

TEST(hostsimt_mma_of_tf32) {
  Matrix matrix = mma(8, 1);
  expectProduct(matrix, pack(matrix, toSingle),
                ptxKernel("llvm.nvvm.mma.m16n8k8.row.col.tf32", 4, 2));
}

/// PTX manual, "Matrix Fragments for mma.m8n8k4 with .f64 floating point type".
TEST(hostsimt_mma_of_doubles) {
  Matrix matrix = {8,
                   8,
                   4,
                   32,
                   1,
                   1,
                   2,
                   [](int lane, int) { return Place{lane / 4, lane % 4}; },
                   [](int lane, int) { return Place{lane % 4, lane / 4}; },
                   [](int lane, int i) { return Place{lane / 4, (lane % 4) * 2 + i}; }};
  expectProduct<double>(matrix, pack(matrix, toDouble),
                        ptxKernel("llvm.nvvm.mma.m8n8k4.row.col.f64", 1, 1, "double", "double", 2));
}

/// Half of the last place of ten bits goes away from zero; the largest floats become infinite.
TEST(hostsimt_rounding_to_tf32) {
  const float step = 0x1p-10f;
  Memory<float> x = {{1 + step / 2, -1 - step / 2, std::nextafter(1 + step / 2, 1.f),
                      1 + 1.5f * step, 0x1p-126f * (1 + step / 2), 0x1p-140f, -0.f, 3.4028235e38f,
                      INFINITY, -INFINITY, NAN, 0x1.ffcp127f}};
  std::vector<float> wanted = {
      1 + step, -1 - step, 1,   1 + 2 * step, 0x1p-126f * (1 + step), 0, -0.f, INFINITY,
      INFINITY, -INFINITY, NAN, 0x1.ffcp127f};
  x.values.resize(32, 1);
  wanted.resize(32, 1);
  Memory<float> y = {std::vector<float>(32)};
  Outcome outcome =
      runCode("declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n"
              "declare i32 @llvm.nvvm.f2tf32.rna(float)\n"
              "define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, i64 %e, "
              "ptr addrspace(1) %s) {\n"
              "  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n"
              "  %p = getelementptr float, ptr addrspace(1) %a, i32 %t\n"
              "  %x = load float, ptr addrspace(1) %p\n"
              "  %y = call i32 @llvm.nvvm.f2tf32.rna(float %x)\n"
              "  %q = getelementptr i32, ptr addrspace(1) %b, i32 %t\n"
              "  store i32 %y, ptr addrspace(1) %q\n  ret void\n}\n",
              32, x, y, {1, 32});
  EXPECT(outcome.ok);
  for (size_t i = 0; i < wanted.size(); ++i)
    EXPECT(std::isnan(wanted[i])
               ? std::isnan(y.values[i])
               : y.values[i] == wanted[i] && std::signbit(y.values[i]) == std::signbit(wanted[i]));
}

TEST(hostsimt_mfma_of_16_rows) {
  Matrix matrix = mfma(16, 16);
  expectProduct(
      matrix, pack(matrix, toHalf),
      amdKernel("llvm.amdgcn.mfma.f32.16x16x16f16", "<4 x half>", 4, ", i32 0, i32 0, i32 0"));
}

TEST(hostsimt_mfma_of_32_rows) {
  Matrix matrix = mfma(32, 8);
  expectProduct(
      matrix, pack(matrix, toBfloat),
      amdKernel("llvm.amdgcn.mfma.f32.32x32x8bf16.1k", "<4 x i16>", 16, ", i32 0, i32 0, i32 0"));
}

TEST(hostsimt_mfma_of_singles) {
  Matrix matrix = mfma(32, 2);
  expectProduct(matrix, pack(matrix, toSingle),
                amdKernel("llvm.amdgcn.mfma.f32.32x32x2f32", "float", 16, ", i32 0, i32 0, i32 0"));
}

TEST(hostsimt_mfma_of_xf32) {
  for (auto [size, k] : {std::pair(16, 8), std::pair(32, 4)}) {
    Matrix matrix = mfma(size, k);
    std::string name = std::to_string(size) + "x" + std::to_string(size) + "x" + std::to_string(k);
    expectProduct(matrix, pack(matrix, toSingle),
                  amdKernel("llvm.amdgcn.mfma.f32." + name + ".xf32", "<2 x float>", matrix.dCount,
                            ", i32 0, i32 0, i32 0"));
  }
}

/// Of the result a lane has every fourth row, not four neighbours.
TEST(hostsimt_mfma_of_doubles) {
  Matrix matrix = mfma(16, 4);
  matrix.d = [](int lane, int i) { return Place{i * 4 + lane / 16, lane % 16}; };
  expectProduct<double>(
      matrix, pack(matrix, toDouble),
      amdKernel("llvm.amdgcn.mfma.f64.16x16x4f64", "double", 4, ", i32 0, i32 0, i32 0", "double"));
}

TEST(hostsimt_wmma_of_rdna3_has_its_operands_twice) {
  Matrix matrix = {16,
                   16,
                   16,
                   32,
                   16,
                   16,
                   8,
                   [](int lane, int i) { return Place{lane % 16, i}; },
                   [](int lane, int i) { return Place{i, lane % 16}; },
                   [](int lane, int i) { return Place{2 * i + lane / 16, lane % 16}; }};
  expectProduct(matrix, pack(matrix, toHalf),
                amdKernel("llvm.amdgcn.wmma.f32.16x16x16.f16.v8f32.v16f16", "<16 x half>", 8, ""));
}

TEST(hostsimt_wmma_of_rdna4_has_them_once) {
  Matrix matrix = {16,
                   16,
                   16,
                   32,
                   8,
                   8,
                   8,
                   [](int lane, int i) { return Place{lane % 16, lane / 16 * 8 + i}; },
                   [](int lane, int i) { return Place{lane / 16 * 8 + i, lane % 16}; },
                   [](int lane, int i) { return Place{i + lane / 16 * 8, lane % 16}; }};
  expectProduct(matrix, pack(matrix, toHalf),
                amdKernel("llvm.amdgcn.wmma.f32.16x16x16.f16.v8f32.v8f16", "<8 x half>", 8, ""));
}

TEST(hostsimt_an_unknown_intrinsic_is_refused_by_name) {
  Memory<float> a = {std::vector<float>(64)}, b = a;
  Outcome outcome = runCode("declare i64 @llvm.nvvm.read.ptx.sreg.clock64()\n"
                            "define ptx_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, "
                            "i64 %e, ptr addrspace(1) %s) {\n"
                            "  %t = call i64 @llvm.nvvm.read.ptx.sreg.clock64()\n"
                            "  store i64 %t, ptr addrspace(1) %a\n  ret void\n}\n",
                            32, a, b);
  EXPECT(outcome.says("the code calls 'nvvm.read.ptx.sreg.clock64', which cannot be emulated"));
}

//===- MatrixIntrinsics.cpp - matrix instructions of both vendors -----------===//
//
// The operands of a lane go through memory to the emulator, which knows the
// layouts (Matrix.cpp); the names say what is multiplied:
//
//   nvvm.mma.m16n8k16.row.col.bf16
//   amdgcn.mfma.f32.16x16x16f16
//   amdgcn.wmma.f32.16x16x16.f16.v8f32.v16f16
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/KernelCode.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace portico::hostsimt;

namespace {

uint32_t number(StringRef text) {
  uint32_t value = 0;
  text.getAsInteger(10, value);
  return value;
}

std::optional<MatrixElement> elementOf(StringRef name) {
  return StringSwitch<std::optional<MatrixElement>>(name)
      .Case("f16", MatrixElement::f16)
      .Cases({"bf16", "bf16.1k"}, MatrixElement::bf16)
      .Cases({"tf32", "xf32"}, MatrixElement::tf32)
      .Case("f32", MatrixElement::f32)
      .Case("f64", MatrixElement::f64)
      .Cases({"i8", "s8"}, MatrixElement::i8)
      .Case("u8", MatrixElement::u8)
      .Case("i32", MatrixElement::i32)
      .Default(std::nullopt);
}

/// The product that an intrinsic is, and where its operands begin.
struct MatrixInstruction {
  MatrixShape shape;
  unsigned a, b, c, end;
};

class MatrixLowering {
public:
  MatrixLowering(KernelCode &kernel, CallInst &call, StringRef name)
      : kernel(kernel), call(call), name(name),
        layout(kernel.function.getParent()->getDataLayout()), builder(&call) {}

  bool run() {
    std::optional<MatrixInstruction> instruction;
    if (name.starts_with("nvvm.mma."))
      instruction = parseMma();
    else if (name.starts_with("amdgcn.mfma."))
      instruction = parseMfma();
    else if (name.starts_with("amdgcn.wmma."))
      instruction = parseWmma();
    if (!instruction)
      return false;
    emit(*instruction);
    return true;
  }

private:
  /// The number of the operand that begins `bytes` behind operand `first`; nothing
  /// where none does.
  std::optional<unsigned> skip(unsigned first, uint64_t bytes) const {
    while (bytes && first < call.arg_size()) {
      uint64_t size = layout.getTypeStoreSize(call.getArgOperand(first)->getType());
      if (size > bytes)
        return std::nullopt;
      bytes -= size;
      ++first;
    }
    return bytes ? std::nullopt : std::optional<unsigned>(first);
  }

  std::optional<MatrixInstruction> parseMma() const {
    SmallVector<StringRef> part;
    // Of products of f16 the name has the types of the result and the accumulator.
    if (!Regex("^nvvm\\.mma\\.m([0-9]+)n([0-9]+)k([0-9]+)\\.row\\.col\\."
               "(bf16|tf32|f64|s8|u8|f32\\.f32)$")
             .match(name, &part))
      return std::nullopt;
    MatrixElement input = *elementOf(part[4] == "f32.f32" ? "f16" : part[4]);
    MatrixElement accumulator = part[4] == "f64"                     ? MatrixElement::f64
                                : part[4] == "s8" || part[4] == "u8" ? MatrixElement::i32
                                                                     : MatrixElement::f32;
    MatrixShape shape = {MatrixLayout::mma, number(part[1]), number(part[2]),
                         number(part[3]),   input,           input,
                         accumulator};
    if (input == MatrixElement::f64)
      shape.layout = MatrixLayout::mma8;
    bool known = shape.layout == MatrixLayout::mma8 ? shape.m == 8 && shape.n == 8 && shape.k == 4
                                                    : shape.m == 16 && shape.n == 8;
    return known ? operands(shape, 0, 32) : std::nullopt;
  }

  std::optional<MatrixInstruction> parseMfma() const {
    SmallVector<StringRef> part;
    if (!Regex("^amdgcn\\.mfma\\.(f32|f64|i32)\\.([0-9]+)x([0-9]+)x([0-9]+)\\.?"
               "(f16|bf16|bf16\\.1k|f32|f64|xf32|i8)$")
             .match(name, &part))
      return std::nullopt;
    MatrixElement input = *elementOf(part[5]);
    std::optional<MatrixInstruction> result =
        operands({MatrixLayout::mfma, number(part[2]), number(part[3]), number(part[4]), input,
                  input, *elementOf(part[1])},
                 0, 64);
    // What follows permutes blocks and lanes; nobody asks for that.
    for (unsigned i = result ? result->end : 0; result && i < call.arg_size(); ++i)
      if (auto *modifier = dyn_cast<ConstantInt>(call.getArgOperand(i));
          !modifier || !modifier->isZero())
        return std::nullopt;
    return result;
  }

  std::optional<MatrixInstruction> parseWmma() const {
    SmallVector<StringRef> part;
    if (!Regex("^amdgcn\\.wmma\\.f32\\.16x16x16\\.(f16|bf16)\\.").match(name, &part))
      return std::nullopt;
    MatrixElement input = *elementOf(part[1]);
    uint64_t elements = layout.getTypeStoreSize(call.getArgOperand(0)->getType()) / 2;
    MatrixShape shape = {elements == 16 ? MatrixLayout::wmma11 : MatrixLayout::wmma12,
                         16,
                         16,
                         16,
                         input,
                         input,
                         MatrixElement::f32};
    // Lanes 16 to 31 repeat the others on RDNA 3, as if they were no lanes.
    return operands(shape, 0, shape.layout == MatrixLayout::wmma11 ? 16 : 32);
  }

  /// Finds a, b and c, one after the other from operand `first`, each spread over
  /// `lanes` lanes.
  std::optional<MatrixInstruction> operands(const MatrixShape &shape, unsigned first,
                                            uint32_t lanes) const {
    uint32_t aBytes = shape.m * shape.k * bytesOf(shape.a),
             bBytes = shape.k * shape.n * bytesOf(shape.b);
    uint32_t cBytes = shape.m * shape.n * bytesOf(shape.accumulator);
    uint32_t all = shape.layout == MatrixLayout::mfma ? 64 : 32;
    if (aBytes % lanes || bBytes % lanes || cBytes % all)
      return std::nullopt;
    std::optional<unsigned> b = skip(first, aBytes / lanes);
    std::optional<unsigned> c = b ? skip(*b, bBytes / lanes) : std::nullopt;
    std::optional<unsigned> end = c ? skip(*c, cBytes / all) : std::nullopt;
    if (!end)
      return std::nullopt;
    return MatrixInstruction{shape, first, *b, *c, *end};
  }

  Value *memory(uint64_t bytes) {
    IRBuilder<> entry(&*kernel.function.getEntryBlock().getFirstInsertionPt());
    AllocaInst *array = entry.CreateAlloca(ArrayType::get(entry.getInt8Ty(), bytes));
    array->setAlignment(Align(16));
    return array;
  }

  /// The operands [begin, end), one behind the other in memory.
  Value *spill(unsigned begin, unsigned end) {
    uint64_t bytes = 0;
    for (unsigned i = begin; i < end; ++i)
      bytes += layout.getTypeStoreSize(call.getArgOperand(i)->getType());
    Value *array = memory(bytes);
    uint64_t offset = 0;
    for (unsigned i = begin; i < end; ++i) {
      Value *operand = call.getArgOperand(i);
      builder.CreateAlignedStore(
          operand, builder.CreateConstGEP1_64(builder.getInt8Ty(), array, offset), Align(4));
      offset += layout.getTypeStoreSize(operand->getType());
    }
    return array;
  }

  Value *reload(Value *array) {
    auto *structure = dyn_cast<StructType>(call.getType());
    if (!structure)
      return builder.CreateAlignedLoad(call.getType(), array, Align(4));
    Value *result = PoisonValue::get(structure);
    uint64_t offset = 0;
    for (auto [i, element] : enumerate(structure->elements())) {
      Value *at = builder.CreateConstGEP1_64(builder.getInt8Ty(), array, offset);
      result = builder.CreateInsertValue(result, builder.CreateAlignedLoad(element, at, Align(4)),
                                         unsigned(i));
      offset += layout.getTypeStoreSize(element);
    }
    return result;
  }

  Constant *describe(const MatrixShape &shape) {
    SmallVector<uint32_t> words = {
        uint32_t(shape.layout),     shape.m, shape.n, shape.k, uint32_t(shape.a), uint32_t(shape.b),
        uint32_t(shape.accumulator)};
    static_assert(sizeof(MatrixShape) == 7 * sizeof(uint32_t), "as written above");
    Constant *value = ConstantDataArray::get(builder.getContext(), words);
    return new GlobalVariable(*kernel.function.getParent(), value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value, "matrix");
  }

  void emit(const MatrixInstruction &instruction) {
    uint64_t bytes = 0;
    for (unsigned i = instruction.c; i < instruction.end; ++i)
      bytes += layout.getTypeStoreSize(call.getArgOperand(i)->getType());
    Value *result = memory(bytes);
    kernel.call(builder, offsetof(Services, matrix), builder.getVoidTy(),
                {describe(instruction.shape), spill(instruction.a, instruction.b),
                 spill(instruction.b, instruction.c), spill(instruction.c, instruction.end), result,
                 kernel.site(call, /*own=*/true)});
    kernel.synchronises = true;
    call.replaceAllUsesWith(reload(result));
    call.eraseFromParent();
  }

  KernelCode &kernel;
  CallInst &call;
  StringRef name;
  const DataLayout &layout;
  IRBuilder<> builder;
};

} // namespace

bool portico::hostsimt::lowerMatrix(KernelCode &kernel, CallInst &call, StringRef name) {
  return MatrixLowering(kernel, call, name).run();
}

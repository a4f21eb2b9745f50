//===- SpirvIdentifiers.cpp - whether a module's identifiers make sense ------===//

#include "targets/spirv/SpirvIdentifiers.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace {

constexpr uint32_t kMagic = 0x07230203;
constexpr size_t kHeaderWords = 5, kBoundWord = 3;
// Numbers of the specification.
constexpr unsigned kTypeFirst = 19, kTypeLast = 38, kConstantFirst = 41, kConstantLast = 46,
                   kFunction = 54, kParameter = 55, kVariable = 59, kLabel = 248;

/// The word of an instruction that is the identifier it defines; 0 where this check
/// does not look.
size_t definitionOf(unsigned opcode) {
  if (opcode == kLabel || (opcode >= kTypeFirst && opcode <= kTypeLast))
    return 1;
  if ((opcode >= kConstantFirst && opcode <= kConstantLast) || opcode == kFunction ||
      opcode == kParameter || opcode == kVariable)
    return 2;
  return 0;
}

} // namespace

Error portico::spirv::checkIdentifiers(StringRef module) {
  size_t count = module.size() / 4;
  auto word = [&](size_t i) { return support::endian::read32le(module.data() + 4 * i); };
  if (count < kHeaderWords || word(0) != kMagic)
    return createStringError("the back end made no SPIR-V module");
  uint32_t bound = word(kBoundWord);
  BitVector defined(bound);
  for (size_t at = kHeaderWords; at < count;) {
    size_t length = word(at) >> 16;
    if (length == 0 || at + length > count)
      return createStringError("the back end made a SPIR-V module that ends too early");
    if (size_t offset = definitionOf(word(at) & 0xffff)) {
      uint32_t identifier = offset < length ? word(at + offset) : 0;
      if (identifier == 0 || identifier >= bound || defined[identifier])
        return createStringError("the back end gave the identifier " + Twine(identifier) +
                                 " twice, or out of the bound " + Twine(bound));
      defined.set(identifier);
    }
    at += length;
  }
  return Error::success();
}

//===- identifiers_test.cpp - modules whose identifiers make no sense --------===//

#include "test/runtime/harness.h"

#include "targets/spirv/SpirvIdentifiers.h"

#include <vector>

using namespace portico::test;

namespace {

constexpr uint32_t op(uint32_t opcode, uint32_t words) { return words << 16 | opcode; }

/// %1 = OpTypeVoid, %2 = OpTypeFunction %1, %3 = OpFunction, with two blocks.
std::string verdict(uint32_t firstLabel, uint32_t secondLabel, size_t cut = 0) {
  std::vector<uint32_t> words = {0x07230203, 0x00010400, 0, /*bound=*/6, 0};
  words.insert(words.end(), {op(19, 2), 1, op(33, 3), 2, 1, op(54, 5), 1, 3, 0, 2});
  words.insert(words.end(), {op(248, 2), firstLabel, op(249, 2), secondLabel});
  words.insert(words.end(), {op(248, 2), secondLabel, op(253, 1), op(56, 1)});
  words.resize(words.size() - cut);
  return llvm::toString(portico::spirv::checkIdentifiers(
      llvm::StringRef(reinterpret_cast<const char *>(words.data()), 4 * words.size())));
}

bool says(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(spirv_identifiers_are_given_once_and_in_bounds) {
  EXPECT(verdict(4, 5) == "");
  EXPECT(says(verdict(4, 4), "identifier 4 twice"));
  EXPECT(says(verdict(2, 5), "identifier 2 twice"));
  EXPECT(says(verdict(4, 6), "out of the bound 6"));
}

TEST(spirv_identifiers_need_a_whole_module) {
  EXPECT(says(verdict(4, 5, /*cut=*/3), "ends too early"));
  EXPECT(says(verdict(4, 5, /*cut=*/20), "no SPIR-V module"));
}

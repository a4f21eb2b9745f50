//===- Bundle.h - several pieces of code in one blob ------------------------===//
//
// A target that has no linker of its own hands the objects of a program to its
// driver side by side. Plain C++: both halves of a target use it.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_BUNDLE_H
#define PORTICO_TARGETS_COMMON_BUNDLE_H

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace portico {

/// Piece `i` of a bundle, in the memory of the bundle.
struct BundlePiece {
  const char *data;
  size_t bytes;
};

/// Each piece starts at a multiple of 16 bytes.
std::string packBundle(const std::vector<BundlePiece> &pieces);

/// The same of a range of strings, whatever their type.
template <typename Strings> std::string packBundle(const Strings &strings) {
  std::vector<BundlePiece> pieces;
  for (const auto &string : strings)
    pieces.push_back({string.data(), string.size()});
  return packBundle(pieces);
}

/// False where `data` is no bundle; the pieces point into it.
bool unpackBundle(const void *data, size_t bytes, std::vector<BundlePiece> &pieces);

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_BUNDLE_H

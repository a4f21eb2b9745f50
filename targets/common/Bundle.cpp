//===- Bundle.cpp - several pieces of code in one blob ----------------------===//
//
// "PRTB", u32 count, then (u64 offset, u64 bytes) for each piece, then the pieces.
//
//===----------------------------------------------------------------------===//

#include "targets/common/Bundle.h"

#include <cstdint>
#include <cstring>

using namespace portico;

namespace {

constexpr char kMagic[4] = {'P', 'R', 'T', 'B'};
constexpr size_t kHeader = 8, kEntry = 16, kAlignment = 16;

size_t aligned(size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

} // namespace

std::string portico::packBundle(const std::vector<BundlePiece> &pieces) {
  size_t offset = aligned(kHeader + kEntry * pieces.size());
  std::string blob(offset, '\0');
  uint32_t count = uint32_t(pieces.size());
  std::memcpy(&blob[0], kMagic, sizeof(kMagic));
  std::memcpy(&blob[4], &count, sizeof(count));
  for (size_t i = 0; i < pieces.size(); ++i) {
    uint64_t entry[2] = {blob.size(), pieces[i].bytes};
    std::memcpy(&blob[kHeader + kEntry * i], entry, sizeof(entry));
    blob.append(pieces[i].data, pieces[i].bytes);
    blob.resize(aligned(blob.size()));
  }
  return blob;
}

bool portico::unpackBundle(const void *data, size_t bytes, std::vector<BundlePiece> &pieces) {
  auto *begin = static_cast<const char *>(data);
  uint32_t count = 0;
  if (bytes < kHeader || std::memcmp(begin, kMagic, sizeof(kMagic)) != 0)
    return false;
  std::memcpy(&count, begin + 4, sizeof(count));
  if (count > (bytes - kHeader) / kEntry)
    return false;
  pieces.clear();
  for (size_t i = 0; i < count; ++i) {
    uint64_t entry[2];
    std::memcpy(entry, begin + kHeader + kEntry * i, sizeof(entry));
    if (entry[0] > bytes || entry[1] > bytes - entry[0])
      return false;
    pieces.push_back({begin + entry[0], size_t(entry[1])});
  }
  return true;
}

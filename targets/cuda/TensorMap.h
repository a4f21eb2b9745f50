//===- TensorMap.h - what a kernel's bulk copies read -----------------------===//
//
// A copy of tiles names a tensor map (CUtensorMap), which only the driver can make: it holds an
// address. The compile half says here what is to be in it; the kernel takes the maps as
// parameters behind its own. Plain C++, for both halves.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_CUDA_TENSORMAP_H
#define PORTICO_TARGETS_CUDA_TENSORMAP_H

#include <cstdint>

namespace portico::cuda {

struct TensorMap {
  static constexpr int kMostRank = 5;
  /// Bytes of the map itself, and what it has to be aligned to: 64, and since CUDA 13 the
  /// header asks for more.
  static constexpr int64_t kBytes = 128, kAlignment = 128;

  /// The number of the kernel's parameter, and where in its memory the tensor begins.
  int64_t buffer, offset;
  int64_t elementBytes, rank;
  /// From the innermost dimension outwards; `stride` in bytes. What is behind `rank` is 0.
  /// A run of the box is 128 bytes, whose 16-byte pieces are swizzled.
  int64_t size[kMostRank], stride[kMostRank], box[kMostRank];
};
static_assert(sizeof(TensorMap) == 19 * sizeof(int64_t), "nothing but 19 numbers");

inline bool operator==(const TensorMap &a, const TensorMap &b) {
  const auto *x = reinterpret_cast<const int64_t *>(&a);
  const auto *y = reinterpret_cast<const int64_t *>(&b);
  for (int i = 0; i < 19; ++i)
    if (x[i] != y[i])
      return false;
  return true;
}

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_TENSORMAP_H

//===- CudaTensorMap.cpp - tensor maps, as the driver makes them ------------===//

#include "targets/cuda/CudaTensorMap.h"
#include "targets/cuda/CudaApi.h"
#include "targets/cuda/CudaDevice.h"

using namespace portico;
using namespace portico::cuda;

static int elementOf(int64_t bytes) {
  switch (bytes) {
  case 1:
    return kElement8;
  case 2:
    return kElement16;
  case 4:
    return kElement32;
  default:
    return kElement64;
  }
}

// What a copy finds outside the tensor is 0, whatever the elements are: integers of their
// width will do for all types.
int32_t portico::cuda::encode(const TensorMap &map, const portico_launch &launch,
                              EncodedMap &result) {
  if (!api().tensorMapEncode)
    return failed("the NVIDIA driver is too old for this code: cuTensorMapEncodeTiled is missing; "
                  "expected a driver of CUDA 12.0 or later");
  if (uint64_t(map.buffer) >= launch.buffer_count || map.rank < 1 ||
      map.rank > TensorMap::kMostRank)
    return failed("damaged code; got a tensor map of no buffer");
  unsigned long long sizes[TensorMap::kMostRank], strides[TensorMap::kMostRank];
  unsigned box[TensorMap::kMostRank], ones[TensorMap::kMostRank];
  for (int i = 0; i < map.rank; ++i) {
    sizes[i] = (unsigned long long)map.size[i];
    // The innermost dimension has none: its elements are neighbours.
    if (i > 0)
      strides[i - 1] = (unsigned long long)map.stride[i];
    box[i] = unsigned(map.box[i]);
    ones[i] = 1;
  }
  char *memory = static_cast<char *>(launch.buffers[map.buffer]) + map.offset;
  return check("cuTensorMapEncodeTiled",
               api().tensorMapEncode(&result, elementOf(map.elementBytes), unsigned(map.rank),
                                     memory, sizes, strides, box, ones, kNotInterleaved,
                                     kSwizzle128, kPromote256, kFillZeros));
}

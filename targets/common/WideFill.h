//===- WideFill.h - patterns of 8 bytes, by libraries that know 4 -----------===//

#ifndef PORTICO_TARGETS_COMMON_WIDEFILL_H
#define PORTICO_TARGETS_COMMON_WIDEFILL_H

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace portico {

/// Fills `bytes`, a multiple of 8, with the 8 bytes of `pattern`, as NVIDIA's and AMD's
/// libraries can: `setWords(offset, word, count)` sets words of 4 bytes and
/// `copyFromStart(offset, bytes)` copies what lies at offset 0. Both return 0, or the code
/// of a failure, which ends the fill.
template <typename SetWords, typename CopyFromStart>
int fillWide(uint64_t pattern, size_t bytes, SetWords setWords, CopyFromStart copyFromStart) {
  uint32_t low = uint32_t(pattern), high = uint32_t(pattern >> 32);
  if (low == high)
    return setWords(0, low, bytes / 4);
  // One element is set in two halves, and what is there is doubled until it is enough.
  if (int code = setWords(0, low, 1))
    return code;
  if (int code = setWords(4, high, 1))
    return code;
  for (size_t done = 8; done < bytes; done *= 2)
    if (int code = copyFromStart(done, std::min(done, bytes - done)))
      return code;
  return 0;
}

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_WIDEFILL_H

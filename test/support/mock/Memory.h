//===- Memory.h - memory that the host must not touch -----------------------===//

#ifndef PORTICO_TEST_SUPPORT_MOCK_MEMORY_H
#define PORTICO_TEST_SUPPORT_MOCK_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace portico::mock {

/// Hands out addresses in a range of pages that nobody may read or write: what takes them
/// for host memory dies at once. Behind each lies memory at a fixed distance, which the
/// device's own side reaches through `behind`.
class Memory {
public:
  explicit Memory(size_t capacity);

  /// Null where there is no piece of that size left. The contents are noise.
  void *allocate(size_t bytes);
  void release(void *address);
  size_t freeBytes();
  size_t capacity() const { return size; }

  bool owns(const void *address) const { return address >= front && address < front + size; }
  void *behind(const void *address) const {
    return back + (static_cast<const char *>(address) - front);
  }

private:
  std::mutex mutex;
  size_t size;
  char *front, *back;
  std::map<size_t, size_t> freePieces, usedPieces; // offset -> bytes
};

} // namespace portico::mock

#endif // PORTICO_TEST_SUPPORT_MOCK_MEMORY_H

// memory.h - the memory of the virtual accelerator.

#ifndef EXAMPLE_MEMORY_H
#define EXAMPLE_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace example {

/// A range of addresses that is the device's. The first piece that is large enough is taken;
/// pieces that are given back join their neighbours.
class Memory {
public:
  explicit Memory(size_t bytes);
  ~Memory();
  bool valid() const { return base != nullptr; }
  /// Null where no piece is large enough.
  void *allocate(size_t bytes);
  void release(void *memory);
  bool owns(const void *memory) const { return memory >= base && memory < base + size; }
  size_t freeBytes();

private:
  std::mutex mutex;
  char *base = nullptr;
  size_t size;
  std::map<size_t, size_t> pieces; // free ones: offset -> bytes
  std::map<size_t, size_t> taken;
};

} // namespace example

#endif // EXAMPLE_MEMORY_H

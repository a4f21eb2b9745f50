//===- Storage.h - what tensors that share memory share --------------------===//
//
// A storage is PyTorch's idea of memory made functional: it holds the current
// *value* of the memory, a node. Writing, through whatever view, gives it the
// next value; nobody who recorded an op on the previous one notices.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_STORAGE_H
#define PORTICO_NATIVE_GRAPH_STORAGE_H

#include "python/native/graph/Node.h"

namespace portico::native {

/// PyTorch's version counter, alive as long as a tape node compares with it.
struct VersionCounter {
  uint32_t refs = 0;
  uint32_t value = 0;
  static void destroy(VersionCounter *counter) { Pool<VersionCounter>::recycle(counter); }
};

/// Memory that somebody outside can see and change at any time. While a storage
/// has it, reads copy at the call and writes are done at once.
struct External {
  Buffer buffer;
  char *data = nullptr;
  /// Python object that owns imported memory; null for memory of ours.
  PyObject *owner = nullptr;
  /// Arrays and capsules out there that see memory of ours.
  int exports = 0;
  bool readOnly = false;
};

struct Storage {
  uint32_t refs = 0;
  /// Counts every write: what is derived from the value is stale when it differs.
  uint32_t generation = 0;
  /// Counts the writes that autograd has to know of (not those through `.data`).
  uint32_t version = 0;
  bool listed = false;
  Ref<Node> value;
  Ref<VersionCounter> counter;
  std::unique_ptr<External> external;
  /// Links of the list of storages whose value is, or was lately, pending.
  Storage *previous = nullptr, *next = nullptr;

  static Ref<Storage> create(Ref<Node> value);
  static void destroy(Storage *storage);

  void setValue(Ref<Node> node);
  VersionCounter *versions();
  void wrote(bool countVersion);

private:
  void list();
  void unlist();

public:
  /// The values of all living storages that are still pending, oldest first.
  static std::vector<Node *> pendingValues();
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_STORAGE_H

//===- Storage.cpp - what tensors that share memory share ------------------===//

#include "python/native/graph/Storage.h"

namespace portico::native {

static Storage *first = nullptr, *last = nullptr;

Ref<Storage> Storage::create(Ref<Node> value) {
  Storage *storage = Pool<Storage>::create();
  Ref<Storage> ref(storage);
  storage->setValue(std::move(value));
  return ref;
}

void Storage::destroy(Storage *storage) {
  storage->unlist();
  if (storage->external)
    Py_XDECREF(storage->external->owner);
  Pool<Storage>::recycle(storage);
}

void Storage::list() {
  previous = last;
  next = nullptr;
  (last ? last->next : first) = this;
  last = this;
  listed = true;
}

void Storage::unlist() {
  if (!listed)
    return;
  (previous ? previous->next : first) = next;
  (next ? next->previous : last) = previous;
  listed = false;
}

void Storage::setValue(Ref<Node> node) {
  // Moved to the end with every write, so that the order of a training step's
  // storages is the order of its writes and the same in every step.
  unlist();
  if (node->pending())
    list();
  value = std::move(node);
}

VersionCounter *Storage::versions() {
  if (!counter) {
    counter = Ref<VersionCounter>(Pool<VersionCounter>::create());
    counter->value = version;
  }
  return counter.get();
}

void Storage::wrote(bool countVersion) {
  ++generation;
  if (!countVersion)
    return;
  ++version;
  if (counter)
    counter->value = version;
}

std::vector<Node *> Storage::pendingValues() {
  std::vector<Node *> values;
  for (Storage *storage = first; storage;) {
    Storage *following = storage->next;
    if (storage->value->pending())
      values.push_back(storage->value.get());
    else
      storage->unlist();
    storage = following;
  }
  return values;
}

} // namespace portico::native

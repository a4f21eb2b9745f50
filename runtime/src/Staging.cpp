//===- Staging.cpp - bytes on their way to a device -------------------------===//

#include "Staging.h"

#include <cstring>

using namespace portico::rt;

Staging::Slot *Staging::take(size_t bytes) {
  size_t size = kSmallest;
  while (size < bytes)
    size *= 2;
  std::lock_guard<std::mutex> lock(mutex);
  for (Slot &slot : slots) {
    int32_t done = 0;
    if (slot.taken || slot.bytes != size || driver->event_query(device, slot.event, &done) != 0 ||
        !done)
      continue;
    slot.taken = true;
    return &slot;
  }
  if (total + size > kTotal)
    return nullptr;
  Slot slot;
  slot.bytes = size;
  if (driver->event_create(device, &slot.event) != 0)
    return nullptr;
  if (driver->host_allocate(device, size, &slot.memory) != 0) {
    driver->event_destroy(device, slot.event);
    return nullptr;
  }
  total += size;
  slots.push_back(slot);
  return &slots.back();
}

bool Staging::write(void *destination, const void *source, size_t bytes, void *stream) {
  if (!driver->host_allocate || bytes > kLargest)
    return false;
  Slot *slot = take(bytes);
  if (!slot)
    return false;
  memcpy(slot->memory, source, bytes);
  bool handedOver =
      driver->copy(device, destination, slot->memory, bytes, PORTICO_COPY_TO_DEVICE, stream) == 0;
  // Without the event nobody knows when the memory is free again: then it stays taken.
  bool marked = driver->event_record(device, slot->event, stream) == 0;
  std::lock_guard<std::mutex> lock(mutex);
  slot->taken = !marked;
  return handedOver;
}

//===- Transfer.cpp - values between devices and the host ------------------===//

#include "python/native/graph/Transfer.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Memory.h"

#include <cstring>

namespace portico::native {

static bool inHostMemory(const Buffer &buffer) {
  return portico_device_is_host(portico_buffer_device(buffer.get()));
}

void readBuffer(const Buffer &buffer, void *destination, uint64_t bytes) {
  if (bytes == 0) // may have no memory at all
    return;
  if (inHostMemory(buffer)) {
    std::memcpy(destination, buffer.data(), bytes);
    return;
  }
  waitFor([&](portico_status &status) {
    return portico_buffer_read(buffer.get(), 0, destination, bytes, &status);
  });
}

void writeBuffer(const Buffer &buffer, const void *source, uint64_t bytes) {
  if (bytes == 0)
    return;
  if (inHostMemory(buffer)) {
    std::memcpy(buffer.data(), source, bytes);
    return;
  }
  waitFor([&](portico_status &status) {
    return portico_buffer_write(buffer.get(), 0, source, bytes, &status);
  });
}

void writeNumber(const Buffer &buffer, uint64_t bits, uint64_t bytes) {
  if (inHostMemory(buffer)) {
    std::memcpy(buffer.data(), &bits, bytes);
    return;
  }
  portico_status status = {};
  status.struct_size = sizeof(status);
  if (portico_buffer_fill(buffer.get(), bits, bytes, &status) != PORTICO_OK)
    raise(ErrorKind::internal, status.message);
}

Buffer copyTo(const Buffer &buffer, DeviceId device) {
  portico_device *from = portico_buffer_device(buffer.get()), *to = openDevice(device);
  if (from == to)
    return buffer;
  Buffer copy = allocate(device, buffer.bytes());
  if (portico_device_is_host(to)) {
    readBuffer(buffer, copy.data(), buffer.bytes());
  } else if (portico_device_is_host(from)) {
    writeBuffer(copy, buffer.data(), buffer.bytes());
  } else {
    // No driver reaches into the memory of another: the host is between them.
    std::vector<char> bytes(buffer.bytes());
    readBuffer(buffer, bytes.data(), bytes.size());
    writeBuffer(copy, bytes.data(), bytes.size());
  }
  return copy;
}

Ref<Node> moved(Ref<Node> value, DeviceId device) {
  if (value->form == NodeForm::scalar)
    return Node::scalar(value->spec.dtype, value->bits, device);
  if (value->form != NodeForm::value)
    evaluate(value.get(), "a copy to another device");
  return Node::leaf(value->spec, copyTo(value->value, device), device);
}

Ref<Node> settled(Ref<Node> value, DeviceId device) {
  if (value->device != anywhere)
    return value;
  bool there = value->form != NodeForm::value ||
               portico_buffer_device(value->value.get()) == openDevice(device);
  if (there && value->refs == 1) {
    value->device = device;
    return value;
  }
  if (!value->pending())
    return moved(std::move(value), device);
  // Somebody else goes on using it where they are.
  llvm::SmallVector<int64_t, 8> attrs = {value->spec.rank()};
  attrs.append(value->spec.dims.begin(), value->spec.dims.end());
  return Node::op(OpKind::reshape, value.get(), attrs, value->spec, device);
}

Ref<Node> unsettled(const Ref<Node> &value) {
  if (value->device != hostDevice)
    return {};
  if (value->spec.rank() == 0) {
    if (value->form == NodeForm::scalar)
      return Node::scalar(value->spec.dtype, value->bits, anywhere);
    evaluate(value.get(), "a number for another device");
    return Node::leaf(value->spec, value->value, anywhere);
  }
  bool repeats = value->form == NodeForm::op &&
                 (value->kind == OpKind::broadcast || value->kind == OpKind::cast);
  if (!repeats)
    return {};
  Ref<Node> inner = unsettled(value->operands[0]);
  if (!inner)
    return {};
  return Node::op(value->kind, inner.get(), value->attrs, value->spec, anywhere);
}

} // namespace portico::native

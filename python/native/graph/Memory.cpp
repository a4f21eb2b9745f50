//===- Memory.cpp - copies between buffers and strided memory --------------===//

#include "python/native/graph/Memory.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Transfer.h"

#include <cstring>

namespace portico::native {

void copyStrided(char *contiguous, char *strided, llvm::ArrayRef<int64_t> dims,
                 llvm::ArrayRef<int64_t> byteStrides, int64_t itemSize, bool toStrided) {
  // Trailing dimensions that are contiguous are one block.
  int64_t block = itemSize;
  size_t rank = dims.size();
  while (rank > 0 && (dims[rank - 1] == 1 || byteStrides[rank - 1] == block))
    block *= dims[--rank];
  for (int64_t d : dims)
    if (d == 0)
      return;
  llvm::SmallVector<int64_t, 6> index(rank, 0);
  while (true) {
    if (toStrided)
      std::memcpy(strided, contiguous, block);
    else
      std::memcpy(contiguous, strided, block);
    contiguous += block;
    size_t d = rank;
    while (d > 0) {
      --d;
      strided += byteStrides[d];
      if (++index[d] < dims[d])
        break;
      strided -= index[d] * byteStrides[d];
      index[d] = 0;
      if (d == 0)
        return;
    }
    if (rank == 0)
      return;
  }
}

static llvm::SmallVector<int64_t, 6> inBytes(llvm::ArrayRef<int64_t> strides, int64_t size) {
  llvm::SmallVector<int64_t, 6> bytes;
  for (int64_t stride : strides)
    bytes.push_back(stride * size);
  return bytes;
}

Ref<Node> snapshot(const External &memory, const TensorSpec &spec, const Geometry &geometry,
                   DeviceId device) {
  int64_t size = itemSize(spec.dtype);
  Buffer buffer = allocate(device, spec.numElements() * size);
  // Memory that is shared with the outside is the host's.
  copyStrided(buffer.data(), memory.data + geometry.offset * size, spec.dims,
              inBytes(geometry.strides, size), size, false);
  return Node::leaf(spec, std::move(buffer), device);
}

namespace {
/// What keeps borrowed memory alive: its owner, and its buffer should the storage
/// stop sharing it.
struct Loan {
  Ref<Storage> storage;
  Buffer buffer;
};
} // namespace

Ref<Node> borrow(const Ref<Storage> &storage, const TensorSpec &spec, int64_t offset,
                 DeviceId device) {
  External &memory = *storage->external;
  int64_t size = itemSize(spec.dtype);
  portico_status status = {};
  status.struct_size = sizeof(status);
  portico_buffer *buffer = nullptr;
  auto *loan = new Loan{storage, memory.buffer};
  auto giveBack = [](void *context) {
    PyGILState_STATE gil = PyGILState_Ensure(); // the runtime may be the last user
    delete static_cast<Loan *>(context);
    PyGILState_Release(gil);
  };
  if (portico_buffer_wrap(openDevice(device), memory.data + offset * size,
                          spec.numElements() * size, giveBack, loan, &buffer,
                          &status) != PORTICO_OK) {
    delete loan;
    raise(ErrorKind::internal, std::string("[memory] ") + status.message);
  }
  return Node::leaf(spec, Buffer::adopt(buffer), device);
}

Ref<Node> valueForWrite(Ref<Node> value, const Geometry &geometry) {
  for (size_t i = 0; i < value->spec.dims.size(); ++i)
    if (value->spec.dims[i] > 1 && geometry.strides[i] == 0)
      raise(ErrorKind::runtime,
            "[assign] unsupported operation: more than one element of the written-to tensor refers "
            "to a single memory location. Please clone() the tensor before performing the "
            "operation.; got an expanded tensor; expected a tensor whose elements are apart; try "
            ".clone()");
  value = moved(std::move(value), hostDevice);
  if (value->form == NodeForm::scalar)
    evaluate(value.get(), "a write to memory shared with the outside");
  return value;
}

void scatterInto(External &memory, const Geometry &geometry, const Node &value) {
  int64_t size = itemSize(value.spec.dtype);
  copyStrided(value.value.data(), memory.data + geometry.offset * size, value.spec.dims,
              inBytes(geometry.strides, size), size, true);
}

} // namespace portico::native

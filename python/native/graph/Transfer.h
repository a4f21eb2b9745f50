//===- Transfer.h - values between devices and the host --------------------===//
//
// All bytes that cross between the host and a buffer go through here. A device that
// works apart from the host reports the mistakes of earlier programs when it is
// waited for, so each of these may raise an error of an op recorded long ago.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_TRANSFER_H
#define PORTICO_NATIVE_GRAPH_TRANSFER_H

#include "python/native/graph/Tape.h"

namespace portico::native {

/// The bytes of a buffer, on the host. Waits, and raises what the wait brings up.
void readBuffer(const Buffer &buffer, void *destination, uint64_t bytes);
void writeBuffer(const Buffer &buffer, const void *source, uint64_t bytes);
/// One number into a buffer of its size. Does not wait.
void writeNumber(const Buffer &buffer, uint64_t bits, uint64_t bytes);

/// The same bytes in the memory of a device: this very buffer where it lies there.
Buffer copyTo(const Buffer &buffer, DeviceId device);

/// An evaluated value with the same contents on a device.
Ref<Node> moved(Ref<Node> value, DeviceId device);
/// `value`, or where it is at home everywhere the same value on a device.
Ref<Node> settled(Ref<Node> value, DeviceId device);
/// A value of the host without dimensions, as one that is at home everywhere; also through
/// a cast or a broadcast of it. Null for all others.
Ref<Node> unsettled(const Ref<Node> &value);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_TRANSFER_H

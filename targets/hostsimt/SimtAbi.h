//===- SimtAbi.h - between the code of a kernel and what emulates its device -===//
//
// The compile half writes code that reads these structs and calls these
// functions; the run half fills them in. Plain C++, for both halves. Everything
// here is laid out as C would.
//
// A kernel's code is run once for each work-item,
//
//   void code(Item *item, const uint64_t *words)
//
// where `words` are its parameters (addresses, the extent) and `item` is what
// special registers are on a device.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_SIMTABI_H
#define PORTICO_TARGETS_HOSTSIMT_SIMTABI_H

#include "targets/cuda/TensorMap.h"
#include "targets/hostsimt/MatrixShape.h"

#include <cstdint>

namespace portico::hostsimt {

/// Raised with every change of this file: code and driver must agree.
constexpr uint32_t kAbiVersion = 2;

/// The most lanes of a subgroup.
constexpr uint32_t kMaxSubgroup = 64;

/// A place in the code that a report may speak of. Each barrier, shuffle and
/// matrix instruction has one of its own, by which lanes that wait at different
/// ones are told apart.
struct Site {
  /// "file:line" of the user; empty where the compiler did not know.
  const char *where;
  /// The op in the kernel that it came from; -1: not known.
  int32_t op;
  int32_t reserved;
};

struct Item;

/// What an access does, and which memory it must be in.
enum class Access : uint32_t { read = 0, write = 1, atomic = 2 };

/// How a lane finds the lane whose value it takes (PTX's shfl.sync).
enum class Shuffle : uint32_t { up = 0, down = 1, butterfly = 2, index = 3 };

enum class Vote : uint32_t { any = 0, all = 1, uniform = 2, ballot = 3 };

enum class Reduction : uint32_t { add, umin, umax, smin, smax, bitAnd, bitOr, bitXor };

/// The functions that code may call. None is called through anything but this
/// table, so that code depends on nothing but this file.
struct Services {
  /// All work-items of the group.
  void (*barrier)(Item *, const Site *);
  /// The lanes of `mask`.
  void (*subgroupBarrier)(Item *, uint64_t mask, const Site *);

  /// The value in the low half, whether the source lane was in range in bit 32.
  uint64_t (*shuffle)(Item *, Shuffle, uint64_t mask, uint32_t value, uint32_t lane, uint32_t clamp,
                      const Site *);
  /// The value of lane `lane` modulo the subgroup; 0 from a lane that is not there.
  uint32_t (*readLane)(Item *, uint32_t value, uint32_t lane, const Site *);
  /// Hands `value` to `lane`; the highest lane that does wins, 0 where none did.
  uint32_t (*sendToLane)(Item *, uint32_t value, uint32_t lane, const Site *);
  /// AMD's data-parallel primitives: `control` is the encoding of the instruction.
  uint32_t (*dpp)(Item *, uint32_t old, uint32_t value, uint32_t control, uint32_t rowMask,
                  uint32_t bankMask, uint32_t boundControl, const Site *);
  /// AMD's ds_swizzle: `pattern` is the encoding of the instruction.
  uint32_t (*swizzle)(Item *, uint32_t value, uint32_t pattern, const Site *);
  uint64_t (*vote)(Item *, Vote, uint64_t mask, uint32_t predicate, const Site *);
  uint32_t (*reduce)(Item *, Reduction, uint64_t mask, uint32_t value, const Site *);

  /// d = a * b + c. The operands are the registers of the lane, packed as the
  /// instruction has them.
  void (*matrix)(Item *, const MatrixShape *, const void *a, const void *b, const void *c, void *d,
                 const Site *);

  // PTX's copies and products that go on by themselves. Signals are mbarrier objects.
  void (*initSignal)(Item *, const void *signal, uint32_t arrivals, const Site *);
  /// Arrives.
  void (*expectBytes)(Item *, const void *signal, uint32_t bytes, const Site *);
  /// Returns once the round of that parity is over.
  void (*awaitSignal)(Item *, const void *signal, uint32_t parity, const Site *);
  /// `map` is one of the kernel's last parameters, `position` has a number for each dimension.
  void (*copyTile)(Item *, const void *to, const void *signal, const void *map,
                   const int32_t *position, const Site *);
  /// `a` and `b` are matrix descriptors; the lane's sums are added to in place.
  void (*groupMultiply)(Item *, const GroupMatrixShape *, uint64_t a, uint64_t b, float *sums,
                        const Site *);
  void (*commitMultiplies)(Item *);
  void (*awaitMultiplies)(Item *, uint32_t pending, const Site *);

  /// Looks whether [offset, offset + bytes) of the group's memory may be touched now.
  void (*groupAccess)(Item *, uint32_t offset, uint32_t bytes, Access, const Site *);
  /// The same for an address that may be anywhere.
  void (*access)(Item *, const void *address, uint64_t bytes, Access, const Site *);
  /// Does not return. `argument` is the number of the parameter whose memory was
  /// missed, or one of the constants below.
  void (*outOfBounds)(Item *, const void *address, uint64_t bytes, Access, int32_t argument,
                      const Site *);
};

/// For `outOfBounds`, beside the numbers of parameters.
constexpr int32_t kGroupMemory = -1, kPrivateMemory = -2, kConstantMemory = -3;

/// What there is behind Item::implicitArguments.
constexpr uint64_t kImplicitArgumentBytes = 256;

/// One work-item. The run half has more behind it.
struct Item {
  const Services *services;
  /// The group's memory, of Record::groupMemoryBytes.
  char *groupMemory;
  /// How many bytes there are behind each parameter that is an address.
  const uint64_t *bytes;
  /// What AMD's runtime passes behind the parameters, in the layout of code object 5.
  const void *implicitArguments;
  uint32_t localId[3], groupId[3], groupSize[3], gridSize[3];
  uint32_t lane, subgroup, subgroupSize;
};

/// Code waits for other work-items somewhere.
constexpr uint32_t kSynchronises = 1;

/// What a kernel's symbol is: its code and what has to be known to run it.
struct Record {
  uint32_t abi;
  uint32_t flags;
  void (*code)(Item *, const uint64_t *words);
  /// How many parameters there are, the extent and the status among them.
  uint32_t words;
  uint32_t subgroupSize;
  uint32_t groupMemoryBytes;
  /// Every access to the group's memory is of a multiple of this, at a multiple of this.
  uint32_t groupGranularity;
  /// Private arrays of one work-item.
  uint32_t privateBytes;
  /// The block that the code was made for; 0: any.
  uint32_t groupSize[3];
  /// The last of the parameters are that many tensor maps.
  uint32_t tensorMapCount;
  uint32_t reserved;
  const cuda::TensorMap *tensorMaps;
};

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_SIMTABI_H

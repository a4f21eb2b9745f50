//===- Flavours.h - whose code is emulated ----------------------------------===//
//
// Plain C++, for both halves: an ordinal of the driver is an index of this list.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_FLAVOURS_H
#define PORTICO_TARGETS_HOSTSIMT_FLAVOURS_H

#include <cstddef>

namespace portico::hostsimt {

struct Flavour {
  /// The word after the colon in a device string.
  const char *name;
  /// For people.
  const char *description;
  /// The machine that the LLVM IR is made for, as the device's own target calls it.
  const char *chip;
};

constexpr Flavour kFlavours[] = {
    {"nvvm", "NVVM IR", "sm_80"},
    {"rocdl", "ROCDL IR", "gfx942"},
    {"rocdl32", "ROCDL IR, subgroups of 32", "gfx1100"},
    {"nvvm90a", "NVVM IR with instructions of warpgroups", "sm_90a"},
};
constexpr size_t kFlavourCount = sizeof(kFlavours) / sizeof(kFlavours[0]);

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_FLAVOURS_H

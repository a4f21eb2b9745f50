//===- Swizzle.h - where a byte of a panel lies -----------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_SWIZZLE_H
#define PORTICO_TARGETS_HOSTSIMT_SWIZZLE_H

#include <cstdint>

namespace portico::hostsimt {

/// PTX's swizzle of 128 bytes: bits 4 to 6 of an address in group memory (the piece of 16
/// bytes in its row) are changed by bits 7 to 9 (the row).
constexpr uint32_t swizzled(uint32_t offset) { return offset ^ (offset >> 3 & 0x70); }

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_SWIZZLE_H

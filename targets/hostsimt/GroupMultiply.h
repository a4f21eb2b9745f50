//===- GroupMultiply.h - products whose operands lie in group memory --------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_GROUPMULTIPLY_H
#define PORTICO_TARGETS_HOSTSIMT_GROUPMULTIPLY_H

#include "targets/hostsimt/SimtAbi.h"

namespace portico::hostsimt {

// The services of these names; SimtAbi.h describes them.
void initSignal(Item *, const void *signal, uint32_t arrivals, const Site *);
void expectBytes(Item *, const void *signal, uint32_t bytes, const Site *);
void awaitSignal(Item *, const void *signal, uint32_t parity, const Site *);
void copyTile(Item *, const void *to, const void *signal, const void *map, const int32_t *position,
              const Site *);
void groupMultiply(Item *, const GroupMatrixShape *, uint64_t a, uint64_t b, float *sums,
                   const Site *);
void commitMultiplies(Item *);
void awaitMultiplies(Item *, uint32_t pending, const Site *);

/// A service of Services.cpp that these use.
void groupAccess(Item *, uint32_t offset, uint32_t bytes, Access, const Site *);

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_GROUPMULTIPLY_H

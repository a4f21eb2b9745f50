//===- Lanes.h - what lanes of a subgroup tell each other -------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_LANES_H
#define PORTICO_TARGETS_HOSTSIMT_LANES_H

#include "targets/hostsimt/SimtAbi.h"

namespace portico::hostsimt {

// The services of these names; SimtAbi.h describes them.
void subgroupBarrier(Item *, uint64_t mask, const Site *);
uint64_t shuffle(Item *, Shuffle, uint64_t mask, uint32_t value, uint32_t lane, uint32_t clamp,
                 const Site *);
uint32_t readLane(Item *, uint32_t value, uint32_t lane, const Site *);
uint32_t sendToLane(Item *, uint32_t value, uint32_t lane, const Site *);
uint32_t dpp(Item *, uint32_t old, uint32_t value, uint32_t control, uint32_t rowMask,
             uint32_t bankMask, uint32_t boundControl, const Site *);
uint32_t swizzle(Item *, uint32_t value, uint32_t pattern, const Site *);
uint64_t vote(Item *, Vote, uint64_t mask, uint32_t predicate, const Site *);
uint32_t reduce(Item *, Reduction, uint64_t mask, uint32_t value, const Site *);
void matrix(Item *, const MatrixShape *, const void *a, const void *b, const void *c, void *d,
            const Site *);

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_LANES_H

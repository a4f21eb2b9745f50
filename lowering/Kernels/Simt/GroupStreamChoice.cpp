//===- GroupStreamChoice.cpp - which products stream, and in which tiles ----===//

#include "lowering/Kernels/Simt/GroupStream.h"

#include "lowering/ToLinalg/Elementwise.h"

using namespace mlir;
using namespace portico;

/// Steps of k that lie in group memory, where there is room: two, so that one is copied
/// while the other is multiplied.
constexpr int64_t kMostStages = 4, kLeastStages = 2;
/// What a copy instruction counts.
constexpr int64_t kMostCopyRank = 5;

/// Why copies cannot bring an operand; empty where they can.
static std::string obstacle(const GroupProduct &p, const GroupProduct::Operand &operand,
                            int64_t extent, StringRef which) {
  if (!operand.plain)
    return (which + " is computed or found element by element").str();
  SmallVector<CopyDim> dims = copyDims(p, operand, extent);
  int64_t bytes = storageBytes(p.elem);
  if (dims.size() > kMostCopyRank)
    return (which + " has more than five dimensions").str();
  if (dims[0].stride != 1)
    return (which + " has no neighbours side by side").str();
  if (operand.plain->offset * bytes % 16 != 0)
    return (which + " does not begin at a multiple of 16 bytes").str();
  for (const CopyDim &dim : ArrayRef<CopyDim>(dims).drop_front())
    if (dim.stride <= 0 || dim.stride * bytes % 16 != 0 || dim.stride * bytes >= int64_t(1) << 40)
      return (which + " has a stride that is no positive multiple of 16 bytes").str();
  if (dims[1].stride < dims[0].size)
    return (which + " has rows that overlap").str();
  for (const CopyDim &dim : dims)
    if (dim.size >= int64_t(1) << 31)
      return (which + " has more than 2^31 rows").str();
  return "";
}

static bool suits(const GroupMatrixUnit &unit, const GroupProduct &p) {
  return unit.accumulator == MatrixUnit::Element::f32 && p.accumulator.isF32() &&
         ((unit.input == MatrixUnit::Element::f16 && p.elem.isF16()) ||
          (unit.input == MatrixUnit::Element::bf16 && p.elem.isBF16()));
}

std::string portico::chooseStreamedTile(const GroupProduct &p, const SimtInfo &simt,
                                        GroupTile &tile) {
  SmallVector<const GroupMatrixUnit *> units;
  for (const GroupMatrixUnit &unit : simt.groupMatrixUnits)
    if (suits(unit, p))
      units.push_back(&unit);
  if (units.empty())
    return "no matrix instructions that read group memory have its types";
  if (p.k == 0)
    return "there are no summands";
  for (std::string why :
       {obstacle(p, p.a, p.m, "the left operand"), obstacle(p, p.b, p.n, "the right operand")})
    if (!why.empty())
      return why;
  // The widest tile that leaves most of the compute units something to do.
  for (const GroupMatrixUnit *unit : units) {
    GroupTile candidate = tile;
    candidate.groupUnit = unit;
    candidate.unit = nullptr;
    candidate.m = GroupTile::kItems / simt.subgroupSize / unit->subgroups * unit->m;
    candidate.n = unit->n;
    candidate.k = panelRow(p);
    bool last = unit == units.back();
    if (!last && (p.n <= unit->n / 2 || 2 * tilesOf(p, candidate) < simt.computeUnits))
      continue;
    if (p.m <= candidate.m / 2 || p.n <= candidate.n / 2)
      return "it is smaller than half a tile";
    for (candidate.stages = kMostStages; candidate.stages >= kLeastStages; --candidate.stages)
      if (GroupStream(p, candidate, simt.subgroupSize, Value()).groupBytes() <=
          simt.groupMemoryBytes) {
        tile = candidate;
        return "";
      }
  }
  return "two steps do not fit in group memory";
}

//===- MatmulStrategy.cpp ---------------------------------------------------===//

#include "lowering/Kernels/MatmulStrategy.h"

using namespace mlir;
using namespace portico;

// Where an operand is read in place, a tile at the edge is moved back so that it
// ends at the edge, and the last block takes the remainder: a tile never leaves
// its block. Where it is packed, the packed copy is padded and blocks are cut
// evenly.
int64_t MatmulPlan::blocksM(int64_t m) const {
  return packA || dotProducts ? ceilDiv(m, blockM) : std::max<int64_t>(1, m / blockM);
}
int64_t MatmulPlan::blocksN(int64_t n) const {
  return packB != PackB::none || dotProducts ? ceilDiv(n, blockN)
                                             : std::max<int64_t>(1, n / blockN);
}
int64_t MatmulPlan::maxRows(int64_t m) const {
  return std::max(std::min(blockM, m), m - (blocksM(m) - 1) * blockM);
}
int64_t MatmulPlan::maxColumns(int64_t n) const {
  return std::max(std::min(blockN, n), n - (blocksN(n) - 1) * blockN);
}

int64_t portico::lanesFor(Type elem, const TargetInfo &target) {
  // Squares of lanes x lanes are transposed in registers: small integers, which
  // have more lanes than that is good for, use part of a register.
  constexpr int64_t most = 16;
  return std::clamp<int64_t>(target.vectorBits / elem.getIntOrFloatBitWidth(), 1, most);
}

std::pair<int64_t, int64_t> portico::chooseTile(int64_t m, int64_t n, int64_t lanes,
                                                int64_t registers, int64_t maxRows) {
  // Two multiply-adds and two loads a cycle, four cycles from one sum to the
  // next: every current core is close to that.
  double best = 0;
  std::pair<int64_t, int64_t> tile{1, 1};
  for (int64_t rows = 1; rows <= std::min(m, maxRows); ++rows) {
    for (int64_t vectors = 1; vectors <= 8; ++vectors) {
      // The sums, one row of B, and one element of A.
      if (rows * vectors + vectors + 1 > registers)
        break;
      if (vectors > 1 && (vectors - 1) * lanes >= n)
        break;
      // A row of B comes from the second cache, at half a vector a cycle.
      double step = std::max(
          {double(rows * vectors) / 2, double(rows + vectors) / 2, double(vectors) * 2, 4.0});
      // The bookkeeping of a step; of two equal tiles, the one that reads less of B.
      step += 0.5 + 0.25 * vectors;
      double cost = step * ceilDiv(m, rows) * ceilDiv(n, vectors * lanes);
      if (best == 0 || cost < best * 0.999) {
        best = cost;
        tile = {rows, vectors};
      }
    }
  }
  return tile;
}

/// Steps of k of about `target` that are multiples of 16 and leave no last step
/// that is too short to be worth its overhead.
static int64_t chooseBlockK(int64_t k, int64_t target) {
  if (k <= target + target / 4)
    return std::max<int64_t>(k, 1);
  int64_t best = target, bestLast = 0;
  for (int64_t step = target / 2; step <= target; step += 16) {
    int64_t last = k % step == 0 ? step : k % step;
    if (last * 8 > step * 7)
      best = step, bestLast = step;
    else if (last > bestLast)
      best = step, bestLast = last;
  }
  return best;
}

MatmulPlan portico::planMatmul(MatmulProblem &p, const TargetInfo &target) {
  MatmulPlan plan;
  plan.lanes = lanesFor(p.accumulator, target);
  int64_t bytes = p.accumulator.getIntOrFloatBitWidth() / 8;
  constexpr int64_t few = 4;

  // Few rows and both operands with k innermost: dot products.
  bool kInnermost = p.aK == 1 && p.bK == 1 && p.k >= plan.lanes;
  if (kInnermost && std::min(p.m, p.n) <= few) {
    plan.dotProducts = true;
    plan.swap = p.n < p.m;
    if (plan.swap)
      p.swapOperands();
    plan.tileM = p.m;
    plan.tileN = std::min(p.n, p.m == 1 ? int64_t(8) : p.m == 2 ? int64_t(6) : int64_t(4));
    plan.blockM = p.m;
    plan.blockN = std::min(p.n, int64_t(64) / plan.tileN * plan.tileN);
    plan.blockK = std::max<int64_t>(p.k, 1);
    return plan;
  }
  // A column of results is computed as a row.
  plan.swap = p.n == 1 && p.m > 1;
  if (plan.swap) {
    p.swapOperands();
    p.cN = p.cN == 0 ? 1 : p.cN;
  }

  auto [rows, vectors] = chooseTile(p.m, p.n, plan.lanes, target.vectorRegisters);
  plan.tileM = rows;
  plan.tileN = vectors * plan.lanes;
  int64_t tilesM = ceilDiv(p.m, rows), tilesN = ceilDiv(p.n, plan.tileN);

  bool bInPlace = p.bN == 1 && p.n >= plan.tileN;
  int64_t bBytes = p.k * p.n * bytes;
  // Rows of B that are far apart cost a page each; a block that goes over them
  // several times copies them first.
  bool bFits = bBytes <= target.l2Bytes / 2;
  // A copy of all of B is made for all blocks to share, unless it is large and
  // there are few blocks to share it.
  int64_t largeB = 2 * target.l2Bytes;
  if (bInPlace && (tilesM == 1 || bFits))
    plan.packB = MatmulPlan::PackB::none;
  else if (p.m <= 128 || (p.m <= 1024 && bBytes > largeB))
    plan.packB = MatmulPlan::PackB::block;
  else
    plan.packB = MatmulPlan::PackB::shared;

  // A is read element by element, a row for each register row: fine from the
  // second cache, if all of it stays there.
  bool aNear = p.m * p.k * bytes <= target.l2Bytes / 2;
  bool shared = plan.packB == MatmulPlan::PackB::shared;
  plan.packA = shared ? tilesN > 3 : tilesN > 2 && !aNear;

  // Steps of k: a tile's part of A and B fits the first cache. The sums return
  // to memory in between, which needs tiles that do not overlap. A single row of
  // tiles uses B once: there, short steps read B in whole rows.
  bool inPlace = plan.packB == MatmulPlan::PackB::none;
  bool overlap = (!plan.packA && p.m % rows != 0) || (inPlace && p.n % plan.tileN != 0);
  bool streams = inPlace && tilesM == 1 && rows <= few && bBytes > target.l1Bytes;
  int64_t near = target.l1Bytes * 7 / 8 / ((rows + plan.tileN) * bytes) / 16 * 16;
  int64_t steps = std::max<int64_t>(near, 64);
  plan.blockK = overlap ? std::max<int64_t>(p.k, 1) : streams ? 16 : chooseBlockK(p.k, steps);

  double work = double(p.m) * p.n * std::max<int64_t>(p.k, 1) * p.batchSize();
  // Enough blocks for every core to get some, where there is work to share.
  int64_t wanted = std::clamp<int64_t>(int64_t(work / 2e5) / p.batchSize(), 1, 16);
  if (plan.packB == MatmulPlan::PackB::block || streams) {
    // Every block has its columns of B to itself: cut along n.
    // Few and wide: each of them packs all of A.
    if (plan.packA)
      wanted = std::max<int64_t>(1, wanted / 2);
    int64_t column = std::max<int64_t>(1, plan.blockK * bytes * plan.tileN);
    int64_t most = streams ? tilesN : std::max<int64_t>(1, target.l2Bytes / 4 / column);
    int64_t least = streams ? ceilDiv(1024, plan.tileN) : 1;
    int64_t tiles = std::clamp<int64_t>(ceilDiv(tilesN, wanted), std::min(least, most), most);
    plan.blockM = roundUp(p.m, rows);
    plan.blockN = tiles * plan.tileN;
    return plan;
  }
  // Cut along m, into blocks that use each column of B a few times and whose
  // packed A stays in the second cache; along n where there are not enough rows.
  int64_t byRows = shared ? std::max<int64_t>({tilesM / 40, std::min<int64_t>(tilesM / 8, 4), 1})
                          : std::clamp<int64_t>(tilesM / 8, 1, wanted);
  int64_t rowCap = plan.packA ? 48 * rows : roundUp(p.m, rows);
  plan.blockM = std::min(rowCap, roundUp(ceilDiv(p.m, byRows), rows));
  int64_t byColumns = std::max<int64_t>(1, wanted / 4 / ceilDiv(p.m, plan.blockM));
  int64_t columnCap = std::max<int64_t>(1, 1024 / plan.tileN);
  plan.blockN = std::clamp<int64_t>(ceilDiv(tilesN, byColumns), 1, columnCap) * plan.tileN;
  return plan;
}

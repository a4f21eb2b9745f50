//===- RunTimeError.cpp - what a kernel says of bad values ------------------===//

#include "lowering/ToLinalg/RunTimeError.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

void portico::storeRunTimeError(OpBuilder &b, Location loc, Value status, KernelStatus code,
                                Operation *op, Value value, Value bound) {
  auto number = [&](int64_t n) -> Value { return arith::ConstantIntOp::create(b, loc, n, 64); };
  int64_t ordinal = std::distance(op->getBlock()->begin(), op->getIterator());
  Value words[] = {number(static_cast<int64_t>(code)), value ? value : number(0),
                   bound ? bound : number(0), number(ordinal)};
  for (auto [k, word] : llvm::enumerate(words)) {
    Value place = arith::ConstantIndexOp::create(b, loc, k);
    memref::StoreOp::create(b, loc, word, status, place);
  }
}

//===- Simt.cpp - what work-items do together and gpu has no op for ---------===//

#include "dialects/simt/Simt.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace portico::simt;

#include "portico/SimtDialect.cpp.inc"

#define GET_OP_CLASSES
#include "portico/SimtOps.cpp.inc"

void SimtDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "portico/SimtOps.cpp.inc"
      >();
}

LogicalResult MultiplyAddOp::verify() {
  Type input = getA().getType().getElementType();
  if (getB().getType().getElementType() != input)
    return emitOpError("A and B differ in their elements; got ")
           << input << " and " << getB().getType().getElementType()
           << "; expected one type (multiply_add_c1)";
  if (getM() < 1 || getN() < 1 || getK() < 1)
    return emitOpError("a size is not positive; got m = ")
           << getM() << ", n = " << getN() << ", k = " << getK()
           << "; expected at least 1 (multiply_add_c2)";
  if (getTf32() && !input.isF32())
    return emitOpError("tf32 is a way to multiply f32; got elements of ")
           << input << "; expected f32 (multiply_add_c3)";
  return success();
}

/// Signals and panels are shared by those who wait and those who bring.
static LogicalResult inGroupMemory(Operation *op, Value memory, StringRef what,
                                   StringRef constraint) {
  auto type = cast<MemRefType>(memory.getType());
  if (gpu::GPUDialect::hasWorkgroupMemoryAddressSpace(type))
    return success();
  return op->emitOpError() << "the " << what << " lie elsewhere; got " << type
                           << "; expected group memory (" << constraint << ")";
}

LogicalResult InitSignalsOp::verify() {
  if (!getSignals().getType().hasStaticShape())
    return emitOpError("the number of signals is not known; got ")
           << getSignals().getType() << "; expected a static size (init_signals_c1)";
  return inGroupMemory(*this, getSignals(), "signals", "init_signals_c1");
}

LogicalResult ExpectBytesOp::verify() {
  if (getBytes() < 1 || getBytes() >= 1 << 20)
    return emitOpError("a round does not count that far; got ")
           << getBytes() << " bytes; expected at least 1 and below 2^20 (expect_bytes_c2)";
  return inGroupMemory(*this, getSignals(), "signals", "expect_bytes_c1");
}

LogicalResult AwaitSignalOp::verify() {
  return inGroupMemory(*this, getSignals(), "signals", "await_signal_c1");
}

LogicalResult CopyTileOp::verify() {
  auto source = dyn_cast<BlockArgument>(getSource());
  if (!source || !isa<FunctionOpInterface>(source.getOwner()->getParentOp()))
    return emitOpError("the source is no argument of the function; expected one (copy_tile_c1)");
  size_t rank = getPosition().size();
  if (rank < 2 || rank > 5 || getSizes().size() != rank || getStrides().size() != rank ||
      getBox().size() != rank)
    return emitOpError("the dimensions differ; got a position of ")
           << rank << ", " << getSizes().size() << " sizes, " << getStrides().size()
           << " strides and a box of " << getBox().size()
           << "; expected one number from 2 to 5 (copy_tile_c2)";
  for (int64_t size : getSizes())
    if (size < 1)
      return emitOpError("the tensor has no elements; got a size of ")
             << size << "; expected at least 1 (copy_tile_c6)";
  int64_t bytes = getSource().getType().getElementTypeBitWidth() / 8;
  int64_t offset = int64_t(getOffset()) * bytes;
  if (getStrides()[0] != 1 || offset < 0 || offset % 16 != 0)
    return emitOpError("the tensor does not begin as a copy wants it; got a first stride of ")
           << getStrides()[0] << " and an offset of " << offset
           << " bytes; expected 1 and a multiple of 16 (copy_tile_c3)";
  for (int64_t stride : getStrides().drop_front())
    if (stride < 1 || stride * bytes % 16 != 0)
      return emitOpError("a stride is not what a copy wants; got ")
             << stride * bytes << " bytes; expected a positive multiple of 16 (copy_tile_c3)";
  if (getBox()[0] * bytes != 128)
    return emitOpError("a run of the box is no row of a panel; got ")
           << getBox()[0] * bytes << " bytes; expected 128 (copy_tile_c4)";
  for (int64_t extent : getBox().drop_front())
    if (extent < 1 || extent > 256)
      return emitOpError("the box is too large; got an extent of ")
             << extent << "; expected at least 1 and at most 256 (copy_tile_c4)";
  if (failed(inGroupMemory(*this, getMemory(), "panels", "copy_tile_c5")))
    return failure();
  return inGroupMemory(*this, getSignals(), "signals", "copy_tile_c5");
}

LogicalResult GroupMultiplyAddOp::verify() {
  if (getM() < 1 || getN() < 1 || getK() < 1 || !getElement().isIntOrFloat() ||
      getElement().getIntOrFloatBitWidth() != 16)
    return emitOpError("no product of panels; got m = ")
           << getM() << ", n = " << getN() << ", k = " << getK() << " of " << getElement()
           << "; expected at least 1 of each and 16 bits (group_multiply_add_c2)";
  return inGroupMemory(*this, getMemory(), "panels", "group_multiply_add_c1");
}

LogicalResult GroupMultiplyWaitOp::verify() {
  if (getPending() > 7)
    return emitOpError("too many products under way; got ")
           << getPending() << "; expected at most 7 (group_multiply_wait_c1)";
  return success();
}

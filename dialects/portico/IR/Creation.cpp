//===- Creation.cpp - folds of values from attributes ----------------------===//

#include "dialects/portico/IR/Portico.h"

using namespace mlir;
using namespace portico;

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

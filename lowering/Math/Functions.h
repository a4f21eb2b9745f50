//===- Functions.h - the elementary functions -------------------------------===//
//
// Accuracy, in units in the last place of the result, f32 and f64 alike:
// exp, log, sin, cos at most 2, the others at most 4.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_MATH_FUNCTIONS_H
#define PORTICO_LOWERING_MATH_FUNCTIONS_H

#include "lowering/Math/MathBuilder.h"

namespace portico {

// Exponential.cpp
mlir::Value emitExp(MathBuilder &m, mlir::Value x);
mlir::Value emitExpm1(MathBuilder &m, mlir::Value x);
// Logarithm.cpp
mlir::Value emitLog(MathBuilder &m, mlir::Value x);
mlir::Value emitLog1p(MathBuilder &m, mlir::Value x);
mlir::Value emitLog2(MathBuilder &m, mlir::Value x);
// Trigonometric.cpp
mlir::Value emitSin(MathBuilder &m, mlir::Value x);
mlir::Value emitCos(MathBuilder &m, mlir::Value x);
// Sigmoidal.cpp
mlir::Value emitTanh(MathBuilder &m, mlir::Value x);
mlir::Value emitErf(MathBuilder &m, mlir::Value x);
// Power.cpp
mlir::Value emitPow(MathBuilder &m, mlir::Value x, mlir::Value y);
// Arctangent.cpp
mlir::Value emitAtan2(MathBuilder &m, mlir::Value y, mlir::Value x);
// Remainder.cpp
mlir::Value emitRemainder(MathBuilder &m, mlir::Value x, mlir::Value y);
// IntegerPower.cpp
mlir::Value emitIntegerPower(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value n);

} // namespace portico

#endif // PORTICO_LOWERING_MATH_FUNCTIONS_H

//===- ArgumentReduction.h - x as a multiple of pi/2 and a rest -------------===//

#ifndef PORTICO_LOWERING_MATH_ARGUMENTREDUCTION_H
#define PORTICO_LOWERING_MATH_ARGUMENTREDUCTION_H

#include "lowering/Math/MathBuilder.h"

namespace portico {

/// x = n pi/2 + r with |r| <= pi/4, for `x` of any size; n is an integer as wide, of
/// which the lower two bits count. inf and nan give r = nan.
struct Quadrant {
  mlir::Value r, n;
};
Quadrant reduceByHalfPi(MathBuilder &m, mlir::Value x);

} // namespace portico

#endif // PORTICO_LOWERING_MATH_ARGUMENTREDUCTION_H

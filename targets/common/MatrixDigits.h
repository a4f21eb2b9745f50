//===- MatrixDigits.h - where a lane's element lies, in words ---------------===//

#ifndef PORTICO_TARGETS_COMMON_MATRIXDIGITS_H
#define PORTICO_TARGETS_COMMON_MATRIXDIGITS_H

#include "targets/Target.h"

namespace portico {

/// (lane / divisor % modulus) * factor
inline MatrixPart::Digit lane(int64_t divisor, int64_t modulus, int64_t factor = 1) {
  return {MatrixPart::Source::lane, divisor, modulus, factor};
}
/// The same of the number of the element in the lane.
inline MatrixPart::Digit element(int64_t divisor, int64_t modulus, int64_t factor = 1) {
  return {MatrixPart::Source::element, divisor, modulus, factor};
}

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_MATRIXDIGITS_H

//===- Numbers.h - Python's numbers as run-time arguments ------------------===//

#ifndef PORTICO_NATIVE_BIND_NUMBERS_H
#define PORTICO_NATIVE_BIND_NUMBERS_H

#include "dialects/portico/IR/DType.h"

#include <Python.h>
#include <optional>

namespace portico::native {

/// A Python (or NumPy) number.
struct Number {
  DType kind; // Bool, I64 or F64
  int64_t integer = 0;
  double real = 0;
  /// What it counts as in type promotion.
  DType promotedAs() const;
  uint64_t bits(DType dtype) const;
};

/// None where the object is no number. Throws Failure where it does not fit.
std::optional<Number> numberFrom(PyObject *object);

/// A number in the bits of a value.
PyObject *numberObject(uint64_t bits, DType dtype);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_NUMBERS_H

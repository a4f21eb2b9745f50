//===- DType.h - element types ---------------------------------------------===//
//
// The recorder, the inference functions and the runtime program speak of
// element types by these numbers; only Codec.h knows both them and MLIR types.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_IR_DTYPE_H
#define PORTICO_IR_DTYPE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace portico {

enum class DType : uint8_t { Bool, U8, I8, I16, I32, I64, F16, BF16, F32, F64 };

constexpr unsigned numDTypes = 10;

namespace detail {
struct DTypeInfo {
  const char *name;     // the user's word: "float32"
  const char *mlirName; // MLIR's word: "f32"
  uint8_t itemSize;     // bytes per element in memory; bool is stored as one byte
  bool isFloat, isSigned;
};
constexpr DTypeInfo dtypes[numDTypes] = {
    {"bool", "i1", 1, false, false},   {"uint8", "ui8", 1, false, false},
    {"int8", "i8", 1, false, true},    {"int16", "i16", 2, false, true},
    {"int32", "i32", 4, false, true},  {"int64", "i64", 8, false, true},
    {"float16", "f16", 2, true, true}, {"bfloat16", "bf16", 2, true, true},
    {"float32", "f32", 4, true, true}, {"float64", "f64", 8, true, true}};
constexpr const DTypeInfo &info(DType t) { return dtypes[static_cast<uint8_t>(t)]; }
} // namespace detail

constexpr const char *name(DType t) { return detail::info(t).name; }
constexpr const char *mlirName(DType t) { return detail::info(t).mlirName; }
constexpr int64_t itemSize(DType t) { return detail::info(t).itemSize; }
constexpr bool isFloat(DType t) { return detail::info(t).isFloat; }
/// Floats and all integers but uint8.
constexpr bool isSigned(DType t) { return detail::info(t).isSigned; }
/// Integers proper: bool is none.
constexpr bool isInteger(DType t) { return !isFloat(t) && t != DType::Bool; }
/// The bit of a dtype in a set of dtypes.
constexpr uint32_t bit(DType t) { return 1u << static_cast<uint8_t>(t); }

/// The dtype with this name, the user's or MLIR's.
inline std::optional<DType> dtypeFromName(llvm::StringRef text) {
  for (unsigned i = 0; i < numDTypes; ++i)
    if (text == detail::dtypes[i].name || text == detail::dtypes[i].mlirName)
      return static_cast<DType>(i);
  return std::nullopt;
}

} // namespace portico

#endif // PORTICO_IR_DTYPE_H

//===- OpTable.h - the primitives as data ----------------------------------===//
//
// What the recorder, the key, the codec and the shape functions know of an op.
// The table and the attribute structs are generated from the op records
// (generate.py); nothing here or there names an op by hand. No MLIR.
//
// The *flat encoding* of an op's attributes is a sequence of 64-bit words, one
// attribute after another in ODS order:
//   i64, bool, enum, dtype   one word (a dtype is its DType number)
//   i64 array                its length, then the elements
//   elements                 dtype, rank, dimensions, bytes, then that many bytes
//                            packed in words; as many bytes as one element has
//                            means that the element is repeated
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_IR_OPTABLE_H
#define PORTICO_IR_OPTABLE_H

#include "dialects/portico/IR/Inference.h"
#include "dialects/portico/IR/TensorSpec.h"

#include <cassert>

namespace portico {

/// A Unit is a Bool that is written down only where it is true.
enum class AttrKind : uint8_t { I64, Bool, Unit, Enum, DType, I64Array, Elements };

/// What an op is to fusion and autodiff; the numbers behind the ODS traits.
namespace traits {
enum : uint32_t {
  Elementwise = 1,
  Creation = 2,
  DataMovement = 4,
  Reduction = 8,
  Contraction = 16,
  Opaque = 32,
  NonDifferentiable = 64,
  Commutative = 128,
};
} // namespace traits

struct AttrInfo {
  const char *name;
  AttrKind kind;
  /// Names of an enum's values, by number.
  llvm::ArrayRef<const char *> cases;
};

struct OperandInfo {
  const char *name;
  uint32_t dtypes; // set of bit(DType)
  int8_t rank;     // -1: any
  bool variadic;
};

enum class OpKind : uint16_t;

struct OpInfo {
  OpKind kind;
  const char *name;     // "slice"
  const char *mlirName; // "portico.slice"
  InferFn infer;
  llvm::ArrayRef<AttrInfo> attrs;
  llvm::ArrayRef<OperandInfo> operands;
  int numOperands;     // -1: one operand is variadic
  int variadicOperand; // which; -1: none
  int numResults;
  uint32_t traits;
  uint32_t savedOperands; // bit per operand whose value the gradient rule reads
  bool savesResult;       // the gradient rule reads the result
  bool bilinear;          // a saved operand matters only for another operand's gradient
  bool differentiable;    // has a gradient rule

  bool is(uint32_t trait) const { return traits & trait; }
};

const OpInfo &opInfo(OpKind kind);
/// By name, with or without "portico."; null when there is no such primitive.
const OpInfo *findOp(llvm::StringRef name);

/// The value of an elements attribute, a view of the flat encoding.
struct ElementsView {
  DType dtype;
  llvm::ArrayRef<int64_t> dims;
  llvm::ArrayRef<char> bytes;
  bool splat() const { return static_cast<int64_t>(bytes.size()) == itemSize(dtype); }
};

/// Reads a well-formed flat encoding, one attribute after another.
class AttrReader {
public:
  explicit AttrReader(llvm::ArrayRef<int64_t> words) : words(words) {}

  int64_t i64() {
    assert(!words.empty() && "flat attributes end early");
    int64_t word = words.front();
    words = words.drop_front();
    return word;
  }
  bool boolean() { return i64() != 0; }
  DType dtype() { return static_cast<DType>(i64()); }
  llvm::ArrayRef<int64_t> array() { return take(i64()); }
  ElementsView elements() {
    ElementsView view;
    view.dtype = dtype();
    view.dims = array();
    size_t size = i64();
    auto packed = take((size + 7) / 8);
    view.bytes = {reinterpret_cast<const char *>(packed.data()), size};
    return view;
  }

private:
  llvm::ArrayRef<int64_t> take(size_t n) {
    assert(n <= words.size() && "flat attributes end early");
    auto taken = words.take_front(n);
    words = words.drop_front(n);
    return taken;
  }

  llvm::ArrayRef<int64_t> words;
};

} // namespace portico

#include "portico/OpTable.h.inc"

#endif // PORTICO_IR_OPTABLE_H

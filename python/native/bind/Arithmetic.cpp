//===- Arithmetic.cpp - the operators of tensors ---------------------------===//
//
// In C++ because they are what a program is made of; the named functions
// (`add`, `add_`, ...) are Python over the same operators. Two tensors of one
// type take the short way; everything else is promoted and broadcast first.
//
//===----------------------------------------------------------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/Numbers.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Broadcast.h"
#include "python/native/graph/Promotion.h"

namespace nb = nanobind;

namespace portico::native {

namespace {
enum class Operator { add, sub, mul, div, pow, and_, or_, xor_, eq, ne, lt, le, gt, ge };
} // namespace

static const char *nameOf(Operator op) {
  static const char *const names[] = {"add", "sub", "mul", "div", "pow", "and", "or",
                                      "xor", "eq",  "ne",  "lt",  "le",  "gt",  "ge"};
  return names[static_cast<int>(op)];
}

static OpKind kindOf(Operator op, DType dtype) {
  switch (op) {
  case Operator::add:
    return dtype == DType::Bool ? OpKind::or_ : OpKind::add;
  case Operator::sub:
    return OpKind::sub;
  case Operator::mul:
    return dtype == DType::Bool ? OpKind::and_ : OpKind::mul;
  case Operator::div:
    return OpKind::div;
  case Operator::pow:
    return OpKind::pow;
  case Operator::and_:
    return OpKind::and_;
  case Operator::or_:
    return OpKind::or_;
  case Operator::xor_:
    return OpKind::xor_;
  default:
    return OpKind::compare;
  }
}

static void check(Operator op, DType dtype) {
  if (op == Operator::sub && dtype == DType::Bool)
    raise(ErrorKind::runtime,
          "[sub] Subtraction, the `-` operator, with two bool tensors is not supported. Use the "
          "`^` or `logical_xor()` operator instead.; got bool; expected numbers; try ^");
  if (op >= Operator::and_ && op <= Operator::xor_ && isFloat(dtype))
    raise(ErrorKind::notImplemented, std::string("[") + nameOf(op) + "] \"bitwise_" + nameOf(op) +
                                         "\" not implemented for floats; got " + name(dtype) +
                                         "; expected integers or bool; try logical_" + nameOf(op));
}

static Tracked record(Operator op, Tracked a, Tracked b) {
  TensorSpec spec = a.value->spec;
  OpKind kind = kindOf(op, spec.dtype);
  check(op, spec.dtype);
  if (kind != OpKind::compare)
    return applyKnown(kind, {std::move(a), std::move(b)}, {}, std::move(spec));
  spec.dtype = DType::Bool;
  // CompareDirection numbers the directions in the order of `Operator`.
  return applyKnown(kind, {std::move(a), std::move(b)}, int64_t(op) - int64_t(Operator::eq),
                    std::move(spec));
}

/// What the operands are computed in.
static DType computeType(Operator op, DType promoted) {
  if (op == Operator::div && !isFloat(promoted))
    return defaultDtype();
  return promoted;
}

static Tracked tensors(Operator op, Tracked a, Tracked b) {
  const TensorSpec &x = a.value->spec, &y = b.value->spec;
  if (x == y && (op != Operator::div || isFloat(x.dtype)) &&
      (op != Operator::pow || x.dtype != DType::Bool))
    return record(op, std::move(a), std::move(b));
  ResultType types;
  types.addTensor(x.dtype, x.rank() > 0);
  types.addTensor(y.dtype, y.rank() > 0);
  DType dtype = computeType(op, types.result());
  auto dims = broadcastDims(nameOf(op), x.dims, y.dims);
  return record(op, broadcastTo(castTo(std::move(a), dtype), dims),
                broadcastTo(castTo(std::move(b), dtype), dims));
}

/// x ** number where there is something better than pow. Small exponents are
/// part of the program, as the design of the recorder allows.
static std::optional<Tracked> smallPower(const Tracked &x, const Number &exponent) {
  double e = exponent.kind == DType::F64 ? exponent.real : double(exponent.integer);
  DType dtype = x.value->spec.dtype;
  if (isInteger(dtype) && exponent.kind == DType::I64 && e < 0)
    raise(ErrorKind::runtime, "[pow] Integers to negative integer powers are not allowed.; got "
                              "exponent " +
                                  std::to_string(exponent.integer) +
                                  "; expected one that is not negative; try .to(float32)");
  if (exponent.kind == DType::F64 && !isFloat(dtype))
    return std::nullopt;
  if (dtype == DType::Bool)
    return std::nullopt;
  if (e == 1)
    return tensors(Operator::mul, x,
                   numberLike(dtype, bitsOfInteger(1, dtype), x.value->spec.dims, x.value->device));
  if (e == 2)
    return record(Operator::mul, x, x);
  if (e == 3)
    return record(Operator::mul, record(Operator::mul, x, x), x);
  if (e == 0.5)
    return applyKnown(OpKind::sqrt, x, {}, x.value->spec);
  return std::nullopt;
}

static Tracked withNumber(Operator op, Tracked x, const Number &number, bool reflected) {
  const TensorSpec &spec = x.value->spec;
  if (op == Operator::pow && !reflected)
    if (auto power = smallPower(x, number))
      return *power;
  ResultType types;
  types.addTensor(spec.dtype, spec.rank() > 0);
  types.addNumber(number.promotedAs());
  DType dtype = computeType(op, types.result());
  Tracked other = numberLike(dtype, number.bits(dtype), spec.dims, x.value->device);
  x = castTo(std::move(x), dtype);
  return reflected ? record(op, std::move(other), std::move(x))
                   : record(op, std::move(x), std::move(other));
}

static std::optional<Tracked> compute(Operator op, PyObject *a, PyObject *b, bool *borrowed) {
  if (isTensor(a)) {
    if (isTensor(b))
      return tensors(op, tensorOf(a).read(borrowed), tensorOf(b).read(borrowed));
    if (auto number = numberFrom(b))
      return withNumber(op, tensorOf(a).read(borrowed), *number, false);
    return std::nullopt;
  }
  if (auto number = numberFrom(a))
    return withNumber(op, tensorOf(b).read(borrowed), *number, true);
  return std::nullopt;
}

/// None where an operand is neither tensor nor number.
static std::optional<Tracked> compute(Operator op, PyObject *a, PyObject *b) {
  bool borrowed = false;
  std::optional<Tracked> result = compute(op, a, b, &borrowed);
  if (borrowed && result)
    runAtOnce(*result);
  return result;
}

static bool isArray(PyObject *x) {
  return PyObject_IsInstance(x, nb::module_::import_("numpy").attr("ndarray").ptr()) == 1;
}

/// array + tensor: NumPy leaves it to the tensor (`__array_priority__`). It gives what
/// tensor + array gives, which the tensor leaves to NumPy: by NumPy's rules, as a tensor.
static PyObject *reflected(Operator op, PyObject *array, PyObject *tensor) {
  static const char *const names[] = {"add",   "subtract",    "multiply",   "true_divide",
                                      "power", "bitwise_and", "bitwise_or", "bitwise_xor"};
  nb::object function = nb::module_::import_("numpy").attr(names[static_cast<int>(op)]);
  return function(nb::handle(array), nb::handle(tensor)).release().ptr();
}

template <Operator op> static PyObject *binary(PyObject *a, PyObject *b) {
  return guarded([&]() -> PyObject * {
    std::optional<Tracked> result = compute(op, a, b);
    if (result)
      return wrap(std::move(*result));
    if (op <= Operator::xor_ && isTensor(b) && !isTensor(a) && isArray(a))
      return reflected(op, a, b);
    Py_RETURN_NOTIMPLEMENTED;
  });
}
static PyObject *power(PyObject *a, PyObject *b, PyObject *modulus) {
  if (modulus != Py_None)
    Py_RETURN_NOTIMPLEMENTED;
  return binary<Operator::pow>(a, b);
}

/// == and != of a tensor and a NumPy array are taken element by element, as in
/// PyTorch; between other strangers they are those of identity.
static PyObject *equality(PyObject *a, PyObject *b, int code) {
  PyObject *result = code == Py_EQ ? binary<Operator::eq>(a, b) : binary<Operator::ne>(a, b);
  if (result != Py_NotImplemented)
    return result;
  return guarded([&]() -> PyObject * {
    nb::object owner = nb::steal(result);
    if (!isArray(b))
      return owner.release().ptr();
    nb::object array = nb::module_::import_("portico").attr("as_tensor")(nb::handle(b));
    return PyObject_RichCompare(a, array.ptr(), code);
  });
}

static PyObject *compare(PyObject *a, PyObject *b, int code) {
  switch (code) {
  case Py_EQ:
  case Py_NE:
    return equality(a, b, code);
  case Py_LT:
    return binary<Operator::lt>(a, b);
  case Py_LE:
    return binary<Operator::le>(a, b);
  case Py_GT:
    return binary<Operator::gt>(a, b);
  default:
    return binary<Operator::ge>(a, b);
  }
}

//===----------------------------------------------------------------------===//
// In place
//===----------------------------------------------------------------------===//

/// PyTorch's conditions for storing a result into an operand.
static Tracked fitInto(const char *op, const TensorSpec &self, Tracked result) {
  const TensorSpec &spec = result.value->spec;
  if (spec.dims != self.dims)
    raise(ErrorKind::runtime, std::string("[") + op + "] output with shape " + toString(self.dims) +
                                  " doesn't match the broadcast shape " + toString(spec.dims) +
                                  "; got " + toString(spec.dims) + "; expected " +
                                  toString(self.dims) + "; try the op that returns a new tensor");
  if (!canCast(spec.dtype, self.dtype))
    raise(ErrorKind::runtime, std::string("[") + op + "] result type " + name(spec.dtype) +
                                  " can't be cast to the desired output type " + name(self.dtype) +
                                  "; got " + name(spec.dtype) + "; expected " + name(self.dtype) +
                                  "; try the op that returns a new tensor");
  return castTo(std::move(result), self.dtype);
}

template <Operator op> static PyObject *inPlace(PyObject *a, PyObject *b) {
  return guarded([&]() -> PyObject * {
    if (!isTensor(a))
      Py_RETURN_NOTIMPLEMENTED;
    std::optional<Tracked> result = compute(op, a, b);
    if (!result)
      Py_RETURN_NOTIMPLEMENTED;
    Tensor &self = tensorOf(a);
    self.assign(fitInto(nameOf(op), self.spec(), std::move(*result)));
    recordedWrite(self);
    return Py_NewRef(a);
  });
}
static PyObject *inPlacePower(PyObject *a, PyObject *b, PyObject *) {
  return inPlace<Operator::pow>(a, b);
}

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

template <OpKind kind> static PyObject *unary(PyObject *x) {
  return guarded([&] {
    Tracked value = tensorOf(x).read();
    if (kind == OpKind::neg && value.value->spec.dtype == DType::Bool)
      raise(ErrorKind::runtime,
            "[neg] Negation, the `-` operator, on a bool tensor is not supported. If you are "
            "trying to invert a mask, use the `~` or `logical_not()` operator instead.; got bool; "
            "expected numbers; try ~");
    return wrap(apply(kind, value));
  });
}
static PyObject *positive(PyObject *x) { return Py_NewRef(x); }

void addArithmeticSlots(std::vector<PyType_Slot> &slots) {
  auto add = [&](int slot, auto *function) {
    slots.push_back({slot, reinterpret_cast<void *>(function)});
  };
  add(Py_nb_add, binary<Operator::add>);
  add(Py_nb_subtract, binary<Operator::sub>);
  add(Py_nb_multiply, binary<Operator::mul>);
  add(Py_nb_true_divide, binary<Operator::div>);
  add(Py_nb_power, power);
  add(Py_nb_and, binary<Operator::and_>);
  add(Py_nb_or, binary<Operator::or_>);
  add(Py_nb_xor, binary<Operator::xor_>);
  add(Py_nb_inplace_add, inPlace<Operator::add>);
  add(Py_nb_inplace_subtract, inPlace<Operator::sub>);
  add(Py_nb_inplace_multiply, inPlace<Operator::mul>);
  add(Py_nb_inplace_true_divide, inPlace<Operator::div>);
  add(Py_nb_inplace_power, inPlacePower);
  add(Py_nb_inplace_and, inPlace<Operator::and_>);
  add(Py_nb_inplace_or, inPlace<Operator::or_>);
  add(Py_nb_inplace_xor, inPlace<Operator::xor_>);
  add(Py_nb_negative, unary<OpKind::neg>);
  add(Py_nb_positive, positive);
  add(Py_nb_absolute, unary<OpKind::abs>);
  add(Py_nb_invert, unary<OpKind::not_>);
  add(Py_tp_richcompare, compare);
}

} // namespace portico::native

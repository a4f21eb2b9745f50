//===- BackwardBindings.cpp - backward, and what it asks of Python ----------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/WeakTarget.h"
#include "python/native/graph/Backward.h"
#include "python/native/graph/Broadcast.h"
#include "python/native/graph/StableApi.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

//===----------------------------------------------------------------------===//
// What backward asks of Python
//===----------------------------------------------------------------------===//

void callHook(PyObject *hook, Tracked &gradient) {
  nb::object tensor = nb::steal(wrap(gradient));
  PyObject *result = PyObject_CallOneArg(hook, tensor.ptr());
  if (!result)
    throw PythonErrorSet();
  nb::object owner = nb::steal(result);
  if (owner.is_none())
    return;
  if (!isTensor(result))
    raise(ErrorKind::type, std::string("[hook] a hook returns a tensor or None; got ") +
                               typeName(result) + "; expected a tensor or None");
  if (tensorOf(result).spec().dims != gradient.value->spec.dims)
    raise(ErrorKind::runtime, "[hook] a hook has changed the size of value; got " +
                                  toString(tensorOf(result).spec().dims) + "; expected " +
                                  toString(gradient.value->spec.dims));
  gradient = tensorOf(result).read();
  gradient.origin = nullptr;
}

void callFunction(TapeNode &node, llvm::ArrayRef<Tracked> gradients,
                  llvm::SmallVectorImpl<Tracked> &results) {
  nb::object args = nb::steal(PyTuple_New(gradients.size()));
  for (size_t i = 0; i < gradients.size(); ++i)
    PyTuple_SET_ITEM(args.ptr(), i, gradients[i].value ? wrap(gradients[i]) : Py_NewRef(Py_None));
  PyObject *returned = PyObject_Call(node.callable, args.ptr(), nullptr);
  if (!returned)
    throw PythonErrorSet();
  nb::object owner = nb::steal(returned);
  if (!PyTuple_Check(returned))
    owner = nb::make_tuple(owner);
  size_t count = PyTuple_GET_SIZE(owner.ptr());
  bool fits = count >= node.operands.size();
  // Further results may be None: PyTorch ignores them.
  for (size_t i = node.operands.size(); i < count; ++i)
    fits &= PyTuple_GET_ITEM(owner.ptr(), i) == Py_None;
  if (!fits)
    raise(ErrorKind::runtime, "[backward] function " + node.name() +
                                  " returned an incorrect number of gradients; got " +
                                  std::to_string(count) + "; expected " +
                                  std::to_string(node.operands.size()));
  for (size_t i = 0; i < node.operands.size(); ++i) {
    PyObject *item = PyTuple_GET_ITEM(owner.ptr(), i);
    results.emplace_back();
    if (item == Py_None)
      continue;
    if (!isTensor(item))
      raise(ErrorKind::type, "[backward] function " + node.name() + " returned no tensor; got " +
                                 typeName(item) + "; expected a tensor or None");
    Tracked &result = results.back();
    result = tensorOf(item).read();
    result.origin = nullptr;
    const TensorSpec &wanted = node.operands[i].spec;
    if (!node.operands[i].edge)
      continue;
    if (result.value->spec.dims != wanted.dims) {
      if (result.value->spec.numElements() == 1 || wanted.rank() >= result.value->spec.rank()) {
        result =
            broadcastTo(result, broadcastDims("backward", result.value->spec.dims, wanted.dims));
      }
      if (result.value->spec.dims != wanted.dims)
        raise(ErrorKind::runtime,
              "[backward] function " + node.name() + " returned an invalid gradient at index " +
                  std::to_string(i) + "; got " + toString(result.value->spec.dims) +
                  "; expected shape compatible with " + toString(wanted.dims));
    }
    result = castTo(result, wanted.dtype);
  }
}

void accumulateInto(GradSlot &slot, const Tracked &gradient) {
  if (!slot.grad) {
    slot.grad = wrap(gradient);
    return;
  }
  Tensor &grad = tensorOf(slot.grad);
  Tracked sum = apply(OpKind::add, {grad.read(), gradient});
  if (sum.edge || grad.requiresGrad()) {
    PyObject *next = wrap(std::move(sum));
    Py_SETREF(slot.grad, next);
    return;
  }
  grad.assign(std::move(sum));
}

void callPostHooks(TapeNode &leaf) {
  if (leaf.postHooks.empty() || !leaf.leaf)
    return;
  nb::object tensor = weakTarget(leaf.leaf);
  if (!tensor.is_valid())
    return;
  for (size_t i = 0; i < leaf.postHooks.size(); ++i) {
    PyObject *result = PyObject_CallOneArg(leaf.postHooks[i].callable, tensor.ptr());
    if (!result)
      throw PythonErrorSet();
    Py_DECREF(result);
  }
}

//===----------------------------------------------------------------------===//
// backward
//===----------------------------------------------------------------------===//

static Tracked onesLike(const TensorSpec &spec, DeviceId device) {
  llvm::SmallVector<int64_t, 8> attrs = {int64_t(spec.dtype), spec.rank()};
  attrs.append(spec.dims.begin(), spec.dims.end());
  attrs.push_back(itemSize(spec.dtype));
  attrs.push_back(bitsOfInteger(1, spec.dtype));
  Tracked ones;
  ones.value = Node::op(OpKind::constant, {}, attrs, spec, device);
  return ones;
}

static BackwardRoot rootOf(size_t i, nb::handle object, nb::handle gradient) {
  Tensor &tensor = tensorOf(object.ptr());
  BackwardRoot root;
  root.edge = tensor.edge();
  if (!root.edge)
    raise(ErrorKind::runtime, "[backward] element " + std::to_string(i) +
                                  " of tensors does not require grad and does not have a grad_fn; "
                                  "got a tensor without history; expected one with; try "
                                  ".requires_grad_() on what it is computed from");
  if (gradient.is_none()) {
    if (tensor.spec().numElements() != 1)
      raise(ErrorKind::runtime,
            "[backward] grad can be implicitly created only for scalar outputs; got " +
                toString(tensor.spec().dims) +
                "; expected one element; try .sum() or pass gradient");
    root.gradient = onesLike(tensor.spec(), tensor.device());
    return root;
  }
  if (!isTensor(gradient.ptr()))
    raise(ErrorKind::type, std::string("[backward] gradients can be either Tensors or None; got ") +
                               typeName(gradient.ptr()) + "; expected a tensor");
  Tensor &given = tensorOf(gradient.ptr());
  if (given.spec().dims != tensor.spec().dims)
    raise(ErrorKind::runtime,
          "[backward] Mismatch in shape: grad_output[" + std::to_string(i) + "] has a shape of " +
              toString(given.spec().dims) + " and output[" + std::to_string(i) +
              "] has a shape of " + toString(tensor.spec().dims) + ".; got " +
              toString(given.spec().dims) + "; expected " + toString(tensor.spec().dims));
  root.gradient = given.read();
  root.gradient.origin = nullptr;
  root.gradient = castTo(root.gradient, tensor.spec().dtype);
  return root;
}

static nb::object runBackward(nb::handle tensors, nb::handle gradients, bool retainGraph,
                              bool createGraph, nb::handle inputs, bool accumulate) {
  std::vector<BackwardRoot> roots;
  size_t i = 0;
  nb::list gradientList = gradients.is_none() ? nb::list() : nb::list(gradients);
  for (nb::handle tensor : nb::iter(tensors)) {
    if (!isTensor(tensor.ptr()))
      raise(ErrorKind::type, "[backward] not a tensor");
    roots.push_back(
        rootOf(i, tensor, i < gradientList.size() ? nb::handle(gradientList[i]) : nb::none()));
    ++i;
  }
  BackwardOptions options;
  options.retainGraph = retainGraph;
  options.createGraph = createGraph;
  options.accumulate = accumulate;
  if (!inputs.is_none()) {
    options.inputs.emplace();
    for (nb::handle input : nb::iter(inputs)) {
      Edge edge = tensorOf(input.ptr()).edge();
      if (!edge)
        raise(ErrorKind::runtime, "[backward] One of the differentiated Tensors does not require "
                                  "grad; got an input without history; expected one with");
      options.inputs->push_back(edge);
    }
  }
  std::vector<Tracked> results = backward(roots, options);
  if (accumulate) {
    // Gradients of inputs that are no leaves go into their `.grad` as well.
    size_t at = 0;
    if (options.inputs)
      for (nb::handle input : nb::iter(inputs)) {
        Edge &edge = (*options.inputs)[at];
        if (edge.node->form != TapeForm::accumulate && results[at].value)
          accumulateInto(tensorOf(input.ptr()).gradSlot(), results[at]);
        ++at;
      }
    return nb::none();
  }
  nb::list list;
  for (Tracked &result : results) {
    if (result.value)
      list.append(nb::steal(wrap(std::move(result))));
    else
      list.append(nb::none());
  }
  return nb::tuple(list);
}

//===----------------------------------------------------------------------===//
// Function nodes
//===----------------------------------------------------------------------===//

static void makeFunctionNode(nb::callable backwardFunction, nb::handle inputs, nb::handle outputs,
                             const std::string &label) {
  Ref<TapeNode> node = TapeNode::create(TapeForm::function);
  bool any = false;
  for (nb::handle input : nb::iter(inputs)) {
    node->operands.emplace_back();
    if (!isTensor(input.ptr()))
      continue; // a place in the list of gradients that no gradient goes to
    Tensor &tensor = tensorOf(input.ptr());
    node->operands.back().spec = tensor.spec();
    node->operands.back().edge = tensor.edge();
    node->device = tensor.device();
    any |= bool(node->operands.back().edge);
  }
  node->callable = Py_NewRef(backwardFunction.ptr());
  node->label = label;
  node->location = Location::here();
  uint32_t index = 0;
  for (nb::handle output : nb::iter(outputs)) {
    node->results.emplace_back();
    if (!output.is_none()) {
      Tensor &tensor = tensorOf(output.ptr());
      node->results.back() = tensor.spec();
      if (any && isFloat(tensor.spec().dtype)) {
        // Views of the output begin from here.
        if (!tensor.group || !tensor.isGroupBase()) {
          tensor.group = Ref<Group>(Pool<Group>::create());
          tensor.group->base = tensor.view ? tensor.view->step : nullptr;
        }
        tensor.group->edge = Edge{node, index};
        ++tensor.group->edgeVersion;
      }
    }
    ++index;
  }
}

void bindBackward(nb::module_ &m) {
  m.def("backward", &runBackward, "tensors"_a, "grads"_a = nb::none(), "retain_graph"_a = false,
        "create_graph"_a = false, "inputs"_a = nb::none(), "accumulate"_a = true,
        "Gradients of tensors; without `accumulate` one per input is returned, None where nothing "
        "flowed.");
  m.def("make_function_node", &makeFunctionNode, "backward"_a, "inputs"_a, "outputs"_a,
        "name"_a = "FunctionBackward");
}

} // namespace portico::native

//===- Autograd.cpp - requires_grad, grad_fn, backward, hooks --------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Backward.h"
#include "python/native/graph/Broadcast.h"
#include "python/native/graph/Flush.h"

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
                               Py_TYPE(result)->tp_name + "; expected a tensor or None");
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
                                 Py_TYPE(item)->tp_name + "; expected a tensor or None");
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
  PyObject *object = PyWeakref_GetObject(leaf.leaf); // borrowed
  if (!object || object == Py_None)
    return;
  nb::object tensor = nb::borrow(object);
  for (size_t i = 0; i < leaf.postHooks.size(); ++i) {
    PyObject *result = PyObject_CallOneArg(leaf.postHooks[i].callable, tensor.ptr());
    if (!result)
      throw PythonErrorSet();
    Py_DECREF(result);
  }
}

//===----------------------------------------------------------------------===//
// grad_fn
//===----------------------------------------------------------------------===//

namespace {
struct GradFn {
  Ref<TapeNode> node;
};
/// What `register_hook` returns.
struct HookHandle {
  Ref<TapeNode> node;
  uint64_t id;
  void remove() {
    auto drop = [&](std::vector<Hook> &hooks) {
      for (size_t i = 0; i < hooks.size(); ++i)
        if (hooks[i].id == id) {
          PyObject *callable = hooks[i].callable;
          hooks.erase(hooks.begin() + i);
          Py_DECREF(callable);
          return;
        }
    };
    for (ResultHooks &result : node->resultHooks)
      drop(result.hooks);
    drop(node->postHooks);
  }
};
} // namespace

static nb::object gradFn(const Edge &edge) {
  return edge ? nb::cast(GradFn{edge.node}) : nb::none();
}

static void bindGradFn(nb::module_ &m) {
  nb::class_<GradFn>(m, "Node", "A function on the tape: what `grad_fn` returns.")
      .def("name", [](GradFn &f) { return f.node->name(); })
      .def("__repr__", [](GradFn &f) { return "<" + f.node->name() + ">"; })
      .def("__eq__",
           [](GradFn &f, nb::handle other) {
             GradFn *g;
             return nb::try_cast(other, g) && g && g->node == f.node;
           })
      .def("__hash__", [](GradFn &f) { return reinterpret_cast<size_t>(f.node.get()) >> 4; })
      .def_prop_ro("next_functions",
                   [](GradFn &f) {
                     nb::list list;
                     for (TapeOperand &operand : f.node->operands)
                       list.append(nb::make_tuple(gradFn(operand.edge), operand.edge.index));
                     return nb::tuple(list);
                   })
      .def_prop_ro("variable", [](GradFn &f) -> nb::object {
        if (f.node->form != TapeForm::accumulate || !f.node->leaf)
          return nb::none();
        return nb::borrow(PyWeakref_GetObject(f.node->leaf));
      });
  nb::class_<HookHandle>(m, "HookHandle", "Removes a hook.")
      .def("remove", &HookHandle::remove)
      .def("__enter__", [](nb::handle self) { return nb::borrow(self); })
      .def("__exit__", [](HookHandle &h, nb::args) { h.remove(); });
}

//===----------------------------------------------------------------------===//
// Properties
//===----------------------------------------------------------------------===//

static PyObject *getRequiresGrad(PyObject *self, void *) {
  return guarded([&] { return PyBool_FromLong(tensorOf(self).requiresGrad()); });
}
static int setRequiresGrad(PyObject *self, PyObject *value, void *) {
  int truth = value ? PyObject_IsTrue(value) : -1;
  if (truth < 0)
    return -1;
  return guarded([&] {
    tensorOf(self).setRequiresGrad(truth);
    return Py_None;
  })
             ? 0
             : -1;
}
static PyObject *getIsLeaf(PyObject *self, void *) {
  return guarded([&] {
    Edge edge = tensorOf(self).edge();
    return PyBool_FromLong(!edge || edge.node->form == TapeForm::accumulate);
  });
}
static PyObject *getGradFn(PyObject *self, void *) {
  return guarded([&] {
    Edge edge = tensorOf(self).edge();
    if (edge && edge.node->form == TapeForm::accumulate)
      edge = {};
    return gradFn(edge).release().ptr();
  });
}
static PyObject *getGrad(PyObject *self, void *) {
  Tensor &tensor = tensorOf(self);
  return Py_NewRef(tensor.slot && tensor.slot->grad ? tensor.slot->grad : Py_None);
}
static int setGrad(PyObject *self, PyObject *value, void *) {
  return guarded([&] {
    Tensor &tensor = tensorOf(self);
    if (!value || value == Py_None) {
      if (tensor.slot)
        Py_CLEAR(tensor.slot->grad);
      return Py_None;
    }
    if (!isTensor(value))
      raise(ErrorKind::type, std::string("[grad] assigned grad has to be a tensor; got ") +
                                 Py_TYPE(value)->tp_name + "; expected a tensor or None");
    const TensorSpec &have = tensorOf(value).spec(), &want = tensor.spec();
    if (have != want)
      raise(ErrorKind::runtime, "[grad] assigned grad has data of a different type or size; "
                                "got " +
                                    toString(have) + "; expected " + toString(want));
    Py_XSETREF(tensor.gradSlot().grad, Py_NewRef(value));
    return Py_None;
  })
             ? 0
             : -1;
}

//===----------------------------------------------------------------------===//
// Hooks
//===----------------------------------------------------------------------===//

static uint64_t nextHook = 0;

/// A hook can lead back to the tensor: from now on the collector has to look.
static void trackForCollector(PyObject *object) {
  if (!PyObject_GC_IsTracked(object))
    PyObject_GC_Track(object);
}

/// The leaf's tape node learns which object it belongs to, for post hooks.
static void rememberLeaf(TapeNode &node, PyObject *object) {
  if (node.form != TapeForm::accumulate || node.leaf)
    return;
  node.leaf = PyWeakref_NewRef(object, nullptr);
  if (!node.leaf)
    throw PythonErrorSet();
}

static HookHandle registerHook(TensorArg x, nb::handle hook) {
  Edge edge = x->edge();
  if (!edge)
    raise(ErrorKind::runtime, "[register_hook] cannot register a hook on a tensor that doesn't "
                              "require gradient; got one without history; expected one with; try "
                              ".requires_grad_()");
  edge.node->hooksOf(edge.index).hooks.push_back({++nextHook, Py_NewRef(hook.ptr())});
  trackForCollector(x.object);
  return {edge.node, nextHook};
}

static HookHandle registerPostHook(TensorArg x, nb::handle hook) {
  Edge edge = x->edge();
  if (!edge || edge.node->form != TapeForm::accumulate)
    raise(ErrorKind::runtime,
          "[register_post_accumulate_grad_hook] post accumulate grad hooks cannot be registered on "
          "non-leaf tensors; got a tensor that is no leaf with requires_grad; expected a leaf");
  rememberLeaf(*edge.node, x.object);
  edge.node->postHooks.push_back({++nextHook, Py_NewRef(hook.ptr())});
  trackForCollector(x.object);
  return {edge.node, nextHook};
}

static void retainGrad(TensorArg x) {
  Edge edge = x->edge();
  if (!edge)
    raise(ErrorKind::runtime, "[retain_grad] can't retain_grad on Tensor that has "
                              "requires_grad=False; got one without history; expected one with");
  if (edge.node->form == TapeForm::accumulate)
    return; // a leaf retains it anyway
  x->gradSlot();
  edge.node->hooksOf(edge.index).retain = x->slot;
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
                               Py_TYPE(gradient.ptr())->tp_name + "; expected a tensor");
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

void bindAutograd(nb::module_ &m) {
  bindGradFn(m);
  property("requires_grad", getRequiresGrad, setRequiresGrad);
  property("is_leaf", getIsLeaf, nullptr);
  property("grad_fn", getGradFn, nullptr);
  property("grad", getGrad, setGrad);
  property(
      "retains_grad",
      [](PyObject *self, void *) {
        return guarded([&] {
          Edge edge = tensorOf(self).edge();
          bool retains = false;
          if (edge)
            for (ResultHooks &hooks : edge.node->resultHooks)
              retains |= hooks.index == edge.index && hooks.retain;
          return PyBool_FromLong(retains);
        });
      },
      nullptr);
  method(
      "requires_grad_",
      [](TensorArg x, bool on) {
        x->setRequiresGrad(on);
        return x;
      },
      "requires_grad"_a = true);
  method("register_hook", &registerHook);
  method("register_post_accumulate_grad_hook", &registerPostHook);
  method("retain_grad", &retainGrad);
  method("is_inference", [](TensorArg x) { return x->inference; });
  m.def("backward", &runBackward, "tensors"_a, "grads"_a = nb::none(), "retain_graph"_a = false,
        "create_graph"_a = false, "inputs"_a = nb::none(), "accumulate"_a = true,
        "Gradients of tensors; without `accumulate` one per input is returned, None where nothing "
        "flowed.");
  m.def("make_function_node", &makeFunctionNode, "backward"_a, "inputs"_a, "outputs"_a,
        "name"_a = "FunctionBackward");
  m.def("is_grad_enabled", &GradMode::enabled);
  m.def("set_grad_enabled", &GradMode::set);
  m.def("is_inference_mode_enabled", &GradMode::inference);
  m.def("set_inference_mode", [](bool on) { GradMode::setInference(on); });
}

} // namespace portico::native

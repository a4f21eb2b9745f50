//===- Autograd.cpp - requires_grad, grad, grad_fn, hooks, grad mode -------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/WeakTarget.h"
#include "python/native/graph/StableApi.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

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
        nb::object leaf = weakTarget(f.node->leaf);
        return leaf.is_valid() ? leaf : nb::none();
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
                                 typeName(value) + "; expected a tensor or None");
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
      "requires_grad"_a = true,
      R"(Sets requires_grad and returns the tensor; raises RuntimeError for integers.

>>> pt.ones(2).requires_grad_().requires_grad
True)");
  method("register_hook", &registerHook,
         R"(Runs hook(gradient) in backward; what it returns replaces the gradient.

Returns a handle with `remove()`; raises RuntimeError without requires_grad.

>>> x = pt.ones(2, requires_grad=True)
>>> handle = x.register_hook(lambda gradient: gradient * 10)
>>> x.sum().backward(); x.grad
tensor([10., 10.]))");
  method("register_post_accumulate_grad_hook", &registerPostHook,
         R"(Runs hook(leaf) after backward has added to the leaf's gradient.

Returns a handle with `remove()`; raises RuntimeError for a tensor that is no leaf.

>>> x = pt.ones(2, requires_grad=True)
>>> handle = x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))
>>> x.sum().backward()
tensor([1., 1.]))");
  method("retain_grad", &retainGrad,
         R"(Keeps the gradient of a tensor that is no leaf; raises RuntimeError without one.

>>> y = pt.ones(2, requires_grad=True) * 2
>>> y.retain_grad()
>>> y.sum().backward(); y.grad
tensor([1., 1.]))");
  method(
      "is_inference", [](TensorArg x) { return x->inference; },
      R"(Whether the tensor was made in inference mode and can never take part in autograd.

>>> pt.ones(2).is_inference()
False)");
  m.def("is_grad_enabled", &GradMode::enabled);
  m.def("set_grad_enabled", &GradMode::set);
  m.def("is_inference_mode_enabled", &GradMode::inference);
  m.def("set_inference_mode", [](bool on) { GradMode::setInference(on); });
}

} // namespace portico::native

"""The tape: PyTorch's face, the compiler's derivatives."""

import numpy as np
import pytest

from portico import _core
from portico._generated import ops

from .helpers import t, total


def grads(y, *xs, **options):
    return _core.backward([y], None, inputs=list(xs), accumulate=False, **options)


def test_leaves_accumulate():
    w = t([1.0, 2.0], grad=True)
    total(w * w).requires_grad and _core.backward([total(w * w)])
    assert w.grad.tolist() == [2, 4]
    first = w.grad
    _core.backward([total(w * 3)])
    assert w.grad is first and first.tolist() == [5, 7]
    w.grad = None
    assert w.grad is None


def test_backward_is_one_node_and_found_again():
    w = t([1.0, 2.0, 3.0], grad=True)
    for i in range(3):
        before = _core.stats()
        _core.backward([total(ops.exp(w) * w)])
        after = _core.stats()
        assert after["gradients_built"] - before["gradients_built"] == (i == 0)
        assert after["gradient_hits"] - before["gradient_hits"] == (i > 0)


def test_shared_and_detached_uses_are_apart():
    w = t([3.0], grad=True)
    _core.backward([total(w * w.detach())])
    assert w.grad.tolist() == [3.0]


def test_unbroadcasts():
    b = t([1.0, 1.0, 1.0], grad=True)
    x = t(np.arange(6.0).reshape(2, 3))
    _core.backward([total(x * b)])
    assert b.grad.tolist() == [3, 5, 7]


def test_second_order():
    x = t([2.0, 3.0], grad=True)
    (g,) = grads(total(x**3), x, create_graph=True, retain_graph=True)
    assert g.requires_grad and np.allclose(g.tolist(), [12, 27])
    (h,) = grads(total(g), x)
    assert np.allclose(h.tolist(), [12, 18])


def test_third_order_through_exp():
    x = t(0.5, np.float64, grad=True)
    y = ops.exp(x * 2)
    for order in range(1, 4):
        (y,) = grads(y, x, create_graph=True, retain_graph=True)
        assert np.isclose(y.item(), 2**order * np.exp(1.0))


def test_graph_is_freed():
    w = t([1.0], grad=True)
    y = total(ops.exp(w))
    _core.backward([y])
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        _core.backward([y])
    y = total(ops.exp(w))
    _core.backward([y], retain_graph=True)
    _core.backward([y])
    z = total(w + w)  # saves nothing: may be done again, as in PyTorch
    _core.backward([z])
    _core.backward([z])


def test_errors():
    w = t([1.0, 2.0], grad=True)
    with pytest.raises(RuntimeError, match="does not require grad and does not have a grad_fn"):
        _core.backward([t([1.0])])
    with pytest.raises(RuntimeError, match="implicitly created only for scalar outputs"):
        _core.backward([w * 2])
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        _core.backward([w * 2], [t([1.0])])
    with pytest.raises(RuntimeError, match="only Tensors of floating point"):
        t([1], np.int64).requires_grad_()
    with pytest.raises(RuntimeError, match="can only change requires_grad flags of leaf"):
        (w * 2).requires_grad = False
    assert grads(total(w * 2), t([1.0], grad=True)) == (None,)


def test_in_place_on_leaves():
    w = t([1.0, 2.0], grad=True)
    with pytest.raises(
        RuntimeError,
        match="a leaf Variable that requires grad is being",
    ):
        w += 1
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        v = w._view_slice((0,), (1,), (1,))
        v += 1
    _core.set_grad_enabled(False)
    w += 1
    w._view_slice((0,), (1,), (1,))._assign(t([9.0]))
    _core.set_grad_enabled(True)
    assert w.tolist() == [9, 3] and w.requires_grad and w.is_leaf


def test_version_errors():
    w = t([1.0, 2.0], grad=True)
    y = ops.exp(w)
    y += 1  # exp's rule reads its result
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        _core.backward([total(y)])
    x = t([1.0, 2.0])
    z = total(w * x)
    x += 1
    with pytest.raises(RuntimeError, match="inplace operation.*version 1; expected version 0"):
        _core.backward([z])
    z = total(w + x)  # nothing saved: a write does no harm
    x += 1
    _core.backward([z])


def test_in_place_ops_may_read_what_they_write():
    w = t([2.0, 3.0], grad=True)
    y = w * 1
    y *= w  # y was saved by this very op
    _core.backward([total(y)])
    assert w.grad.tolist() == [4, 6]


def test_views_and_writes():
    w = t([1.0, 2.0, 3.0], grad=True)
    y = w * 2
    v = y._view_slice((1,), (3,), (1,))
    v *= t([10.0, 100.0])
    assert y.grad_fn.name() != "MulBackward0" and v._base.grad_fn == y.grad_fn
    _core.backward([total(y * y)])
    #  y = [2w, 20w, 200w]
    assert np.allclose(w.grad.tolist(), [8 * 1, 800 * 2, 80000 * 3])


def test_a_write_to_the_base_gives_views_a_new_history():
    w = t([1.0, 2.0], grad=True)
    base = t([0.0, 0.0, 0.0])
    v = base._view_slice((0,), (2,), (1,))
    assert not v.requires_grad
    base._view_slice((1,), (3,), (1,))._assign(w)
    assert v.requires_grad and base.requires_grad
    _core.backward([total(v * v)])
    assert w.grad.tolist() == [2, 0]


def test_no_grad():
    w = t([1.0], grad=True)
    _core.set_grad_enabled(False)
    y = w * 2
    _core.set_grad_enabled(True)
    assert not y.requires_grad and y.is_leaf
    assert not w.detach().requires_grad and (w * 2).detach().is_leaf


def test_inference_tensors():
    _core.set_inference_mode(True)
    x = t([1.0]) * 2
    _core.set_inference_mode(False)
    assert x.is_inference()
    with pytest.raises(RuntimeError, match="inference tensor"):
        x += 1


def test_hooks():
    w = t([1.0, 2.0], grad=True)
    seen = []
    y = w * 3
    handle = y.register_hook(lambda g: seen.append(g.tolist()))
    y.register_hook(lambda g: g * 10)
    w.register_hook(lambda g: seen.append(("leaf", g.tolist())))
    w.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.tolist()))
    y.retain_grad()
    _core.backward([total(y * y)])
    assert seen == [[6, 12], ("leaf", [180, 360]), [180, 360]]
    assert y.grad.tolist() == [60, 120] and w.grad.tolist() == [180, 360]
    handle.remove()
    seen.clear()
    y = w * 3
    y.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        _core.backward([total(y)])
    with pytest.raises(RuntimeError, match="cannot register a hook"):
        t([1.0]).register_hook(print)


def test_capture_of_inner_values():
    w = t([1.0, 2.0], grad=True)
    y = w * 3
    gy, gw = grads(total(y * y), y, w)
    assert gy.tolist() == [6, 12] and gw.tolist() == [18, 36] and w.grad is None
    y = w * 3
    _core.backward([total(y * y)], inputs=[y])
    assert w.grad is None and y.grad.tolist() == [6, 12]


def test_function_nodes():
    w = t([1.0, 2.0], grad=True)
    x = w * 2
    _core.set_grad_enabled(False)
    y = ops.exp(x)
    _core.set_grad_enabled(True)
    calls = []

    def backward(g):
        calls.append(g.tolist())
        return g * 7, None

    _core.make_function_node(backward, [x, 5], [y], "MyBackward")
    assert y.grad_fn.name() == "MyBackward" and y.requires_grad
    _core.backward([total(y * 3)])
    assert calls == [[3, 3]] and w.grad.tolist() == [42, 42]

    _core.make_function_node(lambda g: (g, g), [x], [y], "Bad")
    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        _core.backward([total(y)], retain_graph=True)


def test_grad_fn():
    w = t([[1.0, 2.0]], grad=True)
    y = ops.exp(w) * 2
    assert y.grad_fn.name() == "MulBackward0" and w.grad_fn is None and w.is_leaf
    inner = y.grad_fn.next_functions[0][0]
    assert inner.name() == "ExpBackward0" and inner.next_functions[0][0].name() == "AccumulateGrad"
    assert y.grad_fn.next_functions[1][0] is None and repr(inner) == "<ExpBackward0>"


def test_zero_derivatives_are_zeros():
    w = t([1.5, 2.5], grad=True)
    _core.backward([total(ops.floor(w))])
    assert w.grad.tolist() == [0, 0]


def test_integer_results_have_no_history():
    w = t([3.0, 1.0], grad=True)
    values, indices = ops.sort(w, 0, False)
    assert values.requires_grad and not indices.requires_grad
    _core.backward([total(values * t([10.0, 20.0]))])
    assert w.grad.tolist() == [20, 10]


def test_grad_of_a_leaf_that_is_not_reached_stays_none():
    a, b = t([1.0], grad=True), t([1.0], grad=True)
    _core.backward([total(a * 2)])
    assert b.grad is None and a.grad.tolist() == [2]


def test_root_is_a_leaf():
    w = t([1.0, 2.0], grad=True)
    _core.backward([w], [t([3.0, 4.0])])
    assert w.grad.tolist() == [3, 4]


def test_numerical_gradients():
    """A bit of everything against finite differences, in float64."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))

    def f(x, y):
        z = ops.dot_general(ops.tanh(x), y, (), (), (1,), (0,))
        z = z / (1 + z * z) + ops.reduce(z, "max", (1,))._view_reshape((3, 1))
        return total(ops.select(z > 0, z * 2, ops.exp(z)))

    x, y = t(a, np.float64, True), t(b, np.float64, True)
    _core.backward([f(x, y)])
    for array, tensor in ((a, x), (b, y)):
        for i in np.ndindex(array.shape):
            plus, minus = array.copy(), array.copy()
            plus[i] += 1e-6
            minus[i] -= 1e-6
            args = lambda m: [t(m if o is array else o, np.float64) for o in (a, b)]  # noqa: E731, B023
            slope = (f(*args(plus)).item() - f(*args(minus)).item()) / 2e-6
            assert np.isclose(tensor.grad.tolist()[i[0]][i[1]], slope, rtol=1e-5, atol=1e-7)


def test_backward_inside_backward():
    """What a checkpoint does: the inner backward reaches the same leaf."""
    w = t([2.0, 3.0], grad=True)
    x = w * 1
    _core.set_grad_enabled(False)
    y = ops.exp(x * w)
    _core.set_grad_enabled(True)

    def backward(g):
        _core.set_grad_enabled(True)
        inner = x.detach().requires_grad_()
        again = ops.exp(inner * w)
        _core.backward([again], [g])
        return inner.grad

    _core.make_function_node(backward, [x], [y], "Checkpoint")
    _core.backward([total(y * w)])
    a = np.array([2.0, 3.0])
    assert np.allclose(w.grad.tolist(), (1 + 2 * a * a) * np.exp(a * a), rtol=1e-5)


def test_hooks_that_refer_to_their_tensor_are_collected():
    import gc
    import weakref

    w = t([1.0], grad=True)
    w.register_hook(lambda g, w=w: None)
    w.register_post_accumulate_grad_hook(lambda p, w=w: None)
    seen = weakref.ref(w)
    del w
    gc.collect()
    assert seen() is None


def test_gradients_in_views_of_views():
    w = t(np.arange(6.0).reshape(2, 3), grad=True)
    v = w._view_permute((1, 0))._view_slice((0, 1), (3, 2), (2, 1))._view_reshape((2,))
    _core.backward([total(v * v)])
    assert w.grad.tolist() == [[0, 0, 0], [6, 0, 10]]


def test_a_tensor_written_over_still_requires_grad():
    w = t([1.0, 2.0], grad=True)
    y = w * 3
    y._assign(t([5.0, 5.0]))
    assert y.requires_grad and not y.is_leaf and y.tolist() == [5, 5]
    _core.backward([total(y * y)])
    assert w.grad.tolist() == [0, 0]
    a, b = t([1.0], grad=True), t([2.0], grad=True)
    z = a * 1
    z._assign(b * 4)
    _core.backward([total(z)])
    assert a.grad.tolist() == [0] and b.grad.tolist() == [4]


def test_a_write_without_the_tape_changes_values_only():
    """As PyTorch: the history stays, what is saved later is the new value."""
    w = t([2.0, 3.0], grad=True)
    y = w._view_permute((0,))._view_reshape((1, 2)) * 1
    y = ops.reshape(y, (2,))
    _core.set_grad_enabled(False)
    y *= 10
    _core.set_grad_enabled(True)
    _core.backward([total(y * y)])
    assert w.grad.tolist() == [40, 60]


def test_a_write_to_a_broadcast_operand_is_noticed():
    w, b = t(np.ones((2, 3)), grad=True), t([1.0, 2.0, 3.0])
    y = w * b
    b *= 2
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        _core.backward([total(y)])


def test_a_write_of_what_was_computed_earlier_is_no_excuse():
    w, x = t([1.0, 2.0], grad=True), t([3.0, 4.0])
    y = w * x  # saves x
    x += y
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        _core.backward([total(y)])

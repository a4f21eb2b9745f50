"""The tape's face: backward, grad, modes, hooks and functions."""

import gc

import pytest

import portico as pt
from portico.autograd import Function, gradcheck, gradgradcheck


def leaf(*values, dtype=pt.float64):
    return pt.tensor(values, dtype=dtype, requires_grad=True)


def test_backward_accumulates():
    x = leaf(1.0, 2.0)
    (x * x).sum().backward()
    (x * 3).sum().backward()
    assert x.grad.tolist() == [5.0, 7.0]
    x.grad = None
    x.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_grad_leaves_grad_alone():
    x = leaf(3.0)
    (g,) = pt.autograd.grad(x**3, x, create_graph=True)
    (h,) = pt.autograd.grad(g, x)
    assert (g.item(), h.item(), x.grad) == (27.0, 18.0, None)


def test_unused():
    x, y = leaf(1.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="appears to not have been used"):
        pt.autograd.grad(x * 2, [x, y])
    assert pt.autograd.grad(x * 2, [x, y], allow_unused=True)[1] is None
    assert pt.autograd.grad(x * 2, [x, y], materialize_grads=True)[1].item() == 0


def test_mistakes():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match="does not require grad"):
        pt.ones(()).backward()
    y = x.exp().sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    with pytest.raises(RuntimeError, match="Mismatch in shape"):
        (x * 2).backward(pt.ones(3, dtype=pt.float64))


def test_modes():
    x = leaf(1.0)
    with pt.no_grad():
        assert not (x * 2).requires_grad
        with pt.enable_grad():
            assert (x * 2).requires_grad
    assert (x * 2).requires_grad

    @pt.no_grad()
    def f():
        return x * 2

    @pt.inference_mode()
    def g():
        return (x * 2).requires_grad, pt.is_inference_mode_enabled()

    assert not f().requires_grad and g() == (False, True)
    pt.set_grad_enabled(False)
    assert not pt.is_grad_enabled()
    pt.set_grad_enabled(True)


def test_no_grad_generator_lets_go_between_steps():
    @pt.no_grad()
    def steps():
        yield pt.is_grad_enabled()
        yield pt.is_grad_enabled()

    it = steps()
    assert next(it) is False and pt.is_grad_enabled() and next(it) is False


def test_hooks():
    x, seen = leaf(2.0), []
    handle = x.register_hook(lambda g: g * 10)
    y = x * 3
    y.register_hook(lambda g: seen.append(g.item()))
    y.retain_grad()
    y.sum().backward()
    assert (x.grad.item(), y.grad.item(), seen) == (30.0, 1.0, [1.0])
    handle.remove()
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.item() == 3.0


class Square(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(x)
        ctx.factor = factor
        return x * x * factor

    @staticmethod
    def backward(ctx, g):
        assert ctx.needs_input_grad == (True, False)
        (x,) = ctx.saved_tensors
        return 2 * ctx.factor * x * g, None


def test_function():
    x = leaf(1.0, 2.0)
    y = Square.apply(x, 3)
    assert y.grad_fn.name() == "SquareBackward" and y.tolist() == [3.0, 12.0]
    assert gradcheck(lambda t: Square.apply(t, 3), (x,))
    assert gradgradcheck(lambda t: Square.apply(t, 3), (x,))


def test_function_checks_versions_and_counts():
    x = leaf(1.0) * 1
    y = Square.apply(x, 3)
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()

    class Wrong(Function):
        forward = staticmethod(lambda ctx, x: x * 1)
        backward = staticmethod(lambda ctx, g: (g, g))

    with pytest.raises(RuntimeError, match="incorrect number of gradients"):
        Wrong.apply(leaf(1.0)).sum().backward()


def test_functions_that_return_their_input_and_write_in_place():
    class Same(Function):
        forward = staticmethod(lambda ctx, x: x)
        backward = staticmethod(lambda ctx, g: g * 5)

    x = leaf(1.0)
    Same.apply(x).sum().backward()
    assert x.grad.item() == 5.0 and x.grad_fn is None

    class Doubled(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x.mul_(2)

        backward = staticmethod(lambda ctx, g: g * 2)

    x = leaf(3.0)
    y = x * 1
    z = Doubled.apply(y)
    z.sum().backward()
    assert (z.item(), y.item(), x.grad.item()) == (6.0, 6.0, 2.0)


def test_gradcheck_sees_a_wrong_gradient():
    class Wrong(Function):
        forward = staticmethod(lambda ctx, x: x * x)
        backward = staticmethod(lambda ctx, g: g)

    assert not gradcheck(Wrong.apply, (leaf(1.0),), raise_exception=False)


def test_jacobian_and_hessian():
    f = pt.autograd.functional
    x = pt.tensor([1.0, 2.0])
    assert f.jacobian(lambda v: v.flip(0) * v, x).tolist() == [[2.0, 1.0], [2.0, 1.0]]
    assert f.hessian(lambda v: (v[0] * v[1]) ** 2, x).tolist() == [[8.0, 8.0], [8.0, 2.0]]
    assert f.jvp(lambda v: v * v, x, pt.ones(2))[1].tolist() == [2.0, 4.0]


CHECKED = {
    "clamp": lambda x: x.clamp(-0.5, 0.5),
    "softmax": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(0),
    "logsumexp": lambda x: x.logsumexp(0),
    "std": lambda x: x.std(),
    "norm": lambda x: x.norm(3),
    "sigmoid": lambda x: x.sigmoid(),
    "asinh": lambda x: x.asinh(),
    "sinh": lambda x: x.sinh(),
    "cumprod": lambda x: x.cumprod(0),
    "sort": lambda x: x.sort().values,
    "max": lambda x: x.max(0).values,
    "median": lambda x: x.median(),
    "index": lambda x: x[pt.tensor([0, 0, 2])],
    "einsum": lambda x: pt.einsum("i,j,i->j", x, x, x),
    "lgamma": lambda x: (x.abs() + 0.5).lgamma(),
    "erfinv": lambda x: (x / 3).erfinv(),
    "erfc": lambda x: x.erfc(),
    "hypot": lambda x: x.hypot(x.flip(0)),
    "logaddexp": lambda x: x.logaddexp(x.flip(0)),
    "inv": lambda x: pt.linalg.inv(pt.eye(3, dtype=pt.float64) + 0.1 * pt.outer(x, x)),
    "svd": lambda x: pt.linalg.svdvals(pt.outer(x, x) + pt.diag(x)),
}


@pytest.mark.parametrize("name", CHECKED)
def test_composites_against_finite_differences(name):
    assert gradcheck(CHECKED[name], (leaf(0.3, -0.9, 1.2),))


def test_detach_in_place():
    x = leaf(1.0)
    y = x * 2
    assert y.detach_() is y and y.is_leaf and not y.requires_grad and y.item() == 2
    x.detach_()
    assert not x.requires_grad
    with pytest.raises(RuntimeError, match="views in-place"):
        (leaf(1.0, 2.0) * 1)[0].detach_()


def test_a_saved_output_is_let_go():
    class Exp(Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            ctx.witness = Witness()
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    class Witness:
        alive = 0

        def __init__(self):
            Witness.alive += 1

        def __del__(self):
            Witness.alive -= 1

    x = leaf(0.5)
    for _ in range(3):
        Exp.apply(x).sum().backward()
    gc.collect()
    assert Witness.alive == 0
    assert gradgradcheck(Exp.apply, (leaf(0.5),))


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (
            lambda f, x: f.jacobian(lambda x: pt.ones(2), x, strict=True),
            RuntimeError,
            "independent",
        ),
        (lambda f, x: f.vjp(lambda x, y: x, (x, x), x, strict=True), RuntimeError, "not .* used"),
        (lambda f, x: f.hessian(lambda x: x * x, x), RuntimeError, "one element"),
        (lambda f, x: f.jvp(lambda x: x * x, x), RuntimeError, "v can only be None"),
        (lambda f, x: f.hvp(lambda x: x.sum(), "x"), TypeError, "must be a Tensor"),
    ],
)
def test_what_functional_refuses(call, kind, text):
    with pytest.raises(kind, match=text):
        call(pt.autograd.functional, pt.tensor([1.0, 2.0]))


def test_backward_takes_the_old_name_of_grad_tensors():
    x = pt.ones(2, requires_grad=True)
    pt.autograd.backward(x * 2, grad_variables=pt.tensor([1.0, 3.0]))
    assert x.grad.tolist() == [2.0, 6.0]
    with pytest.raises(RuntimeError, match="old name"):
        pt.autograd.backward(x * 2, x, grad_variables=x)

"""What a caller is told about arguments of wrong types, and about those that PyTorch refuses."""

import re

import pytest

import portico as pt
from portico import linalg, nn
from portico.nn import functional as F

X = pt.ones(2, 3)


class Thing:
    pass


@pytest.mark.parametrize(
    "call",
    [
        lambda: pt.add(X, Thing()),
        lambda: X.add_(Thing()),
        lambda: pt.narrow(X, 0, Thing(), 1),
        lambda: X.view(Thing()),
        lambda: pt.ones("two"),
        lambda: pt.full((2,), Thing()),
        lambda: linalg.det(3),
        lambda: linalg.solve(X[:, :2], Thing()),
        lambda: F.conv2d(1, 2),
        lambda: F.layer_norm(X, Thing()),
        lambda: nn.init.ones_(3),
        lambda: nn.utils.rnn.pad_sequence(3),
        lambda: nn.utils.clip_grad_norm_(3, 1.0),
        lambda: pt.view_copy(X, Thing()),
    ],
)
def test_wrong_types_are_told_in_one_form(call):
    with pytest.raises(TypeError) as error:
        call()
    assert isinstance(error.value, pt.PorticoError)
    assert re.match(r"\[\w+\] ", str(error.value))


def test_the_function_that_was_called_is_named_with_what_it_got_and_takes():
    with pytest.raises(TypeError) as error:
        pt.narrow(X, 0, Thing(), length=1)
    assert str(error.value) == (
        "[narrow] invalid combination of arguments; got (Tensor of float32[2, 3], int, Thing, "
        "length=int); expected narrow(input, dim, start, length)"
    )
    assert isinstance(error.value.__cause__, TypeError)


def test_the_outermost_function_is_named():
    with pytest.raises(TypeError, match=r"^\[linear\] "):
        F.linear(X, Thing())


def test_a_call_that_python_refuses_keeps_its_words():
    with pytest.raises(TypeError, match=r"^\[softmax\] .*missing 1 required .*'dim'; got "):
        pt.softmax(X)


def test_an_error_in_the_callers_own_function_is_not_touched():
    def broken(x):
        return x.nothing

    with pytest.raises(AttributeError, match="'float' object has no attribute 'nothing'"):
        pt.ones(2).apply_(broken)


def test_an_error_that_says_enough_is_not_touched():
    with pytest.raises(IndexError, match="Dimension out of range"):
        pt.softmax(X, 5)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: X.sum_to_size(4, 3), RuntimeError, "not expandable"),
        (lambda: pt.empty_strided((2,), (1, 1)), RuntimeError, "as many"),
        (lambda: pt.empty_permuted((2, 3), (0, 0)), RuntimeError, "no permutation"),
        (lambda: pt.tril_indices(-1, 2), RuntimeError, "non-negative"),
        (lambda: pt.unravel_index(pt.tensor([1]), -2), ValueError, "negative"),
        (lambda: pt.renorm(X, -1, 0, 1.0), RuntimeError, "non-positive"),
        (lambda: pt.renorm(pt.ones(2), 2, 0, 1.0), RuntimeError, "2 dimensions"),
        (lambda: pt.autograd.grad(X.sum(), []), RuntimeError, "cannot be empty"),
        (lambda: pt.pdist(pt.ones(2, 2, 2)), RuntimeError, "matrix"),
        (lambda: pt.chain_matmul(pt.ones(1, 2, 2), X), RuntimeError, "matrix 0"),
        (lambda: pt.addmm(pt.ones(2, 2).long(), X, X.T), RuntimeError, "same dtype"),
        (lambda: pt.meshgrid(X[0], X[0].long()), RuntimeError, "same dtype"),
        (lambda: pt.broadcast_shapes((2,), -1), ValueError, "negative length"),
        (lambda: pt.take(X, pt.tensor([0.0])), RuntimeError, "long tensor"),
        (lambda: pt.relu(X.bool()), RuntimeError, "Boolean"),
        (lambda: pt.chunk(pt.tensor(1.0), 2), RuntimeError, "1-dimensional"),
        (lambda: pt.slice_scatter(pt.tensor(1.0), X), IndexError, "0-dim"),
        (lambda: pt.set_rng_state(pt.zeros(16, dtype=pt.bool)), TypeError, "uint8"),
        (lambda: pt.promote_types(1, pt.int8), TypeError, "not a dtype"),
        (lambda: pt.set_printoptions(profile="other"), ValueError, "default, short, full"),
        (lambda: linalg.multi_dot([pt.ones(1, 2, 2), X]), RuntimeError, "wrong rank"),
        (lambda: linalg.vander(X, N=1), RuntimeError, "greater than 1"),
        (lambda: F.linear(X, X, pt.ones(5, 2)), RuntimeError, "bias does not fit"),
        (lambda: F.max_unpool1d(X, pt.zeros(2, 2).long(), 2), RuntimeError, "shape of the input"),
        (lambda: F.multilabel_margin_loss(X, pt.zeros(2, 2).long()), RuntimeError, "target size"),
        (lambda: F.multi_margin_loss(X, pt.zeros(3).long()), RuntimeError, "each sample"),
        (lambda: F.cosine_embedding_loss(X, X, X), RuntimeError, "multi-target"),
        (lambda: F.triplet_margin_loss(X[0], X, X), RuntimeError, "same number of dimensions"),
        (lambda: F.ctc_loss(X[None], X[:1].long(), [1, 1], [1]), RuntimeError, "batch_size"),
        (lambda: nn.CrossMapLRN2d(2)(pt.ones(2, 2, 2)), ValueError, "4D"),
        (lambda: nn.RNN(0, 4), ValueError, "input_size"),
        (lambda: nn.GRU(3, 4, proj_size=2), ValueError, "only supported for LSTM"),
        (lambda: nn.MultiheadAttention(3, 1)(X, X[None], X), AssertionError, "2D, 3D, 2D"),
        (lambda: nn.Embedding.from_pretrained(X[0]), AssertionError, "2-dimensional"),
        (lambda: nn.ParameterDict().popitem(), KeyError, "empty"),
        (lambda: linalg.solve(X[:, :2], pt.tensor(1.0)), IndexError, r"got .*float32\[\]\)"),
        (lambda: X.stride(1000), IndexError, "Dimension out of range"),
        (lambda: X.stride(-3), IndexError, "Dimension out of range"),
        (lambda: X.size([]), TypeError, "not a dimension"),
        (lambda: pt.Size("two").numel(), TypeError, "not an integer"),
    ],
)
def test_what_pytorch_refuses(call, kind, text):
    with pytest.raises(kind, match=text) as error:
        call()
    assert isinstance(error.value, pt.PorticoError)
    assert re.match(r"\[\w+\] ", str(error.value))

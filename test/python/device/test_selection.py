"""Ops whose result has a size that depends on values: the same on every device as on the host."""

import pytest

import portico as pt

SHAPES = [(), (0,), (1,), (7,), (1000,), (3, 5), (4, 0, 2), (33, 65)]


@pytest.fixture(params=SHAPES, ids=str)
def here(request):
    """Small integers on the host, many of them equal."""
    pt.manual_seed(1)
    return pt.randint(0, 4, request.param)


def agree(there, here, device):
    """Compares results, or tuples of them, without tolerance."""
    if isinstance(here, tuple):
        assert len(there) == len(here)
        return [agree(a, b, device) for a, b in zip(there, here, strict=True)]
    assert there.device == device and there.dtype is here.dtype
    assert there.shape == here.shape and pt.equal(there.cpu(), here)


@pytest.mark.parametrize(
    "select",
    [
        lambda x: x.nonzero(),
        lambda x: x.nonzero(as_tuple=True),
        lambda x: x[x > 1],
        lambda x: x.masked_select(x > 1),
        lambda x: x.unique(return_inverse=True, return_counts=True),
        lambda x: (x > 1).unique(return_inverse=True),
        lambda x: x.unique_consecutive(return_inverse=True, return_counts=True),
        lambda x: pt.masked_scatter(x, x > 1, pt.arange(x.numel(), device=x.device)),
    ],
    ids=[
        "nonzero", "nonzero-tuple", "mask", "masked_select", "unique", "unique-bool", "runs",
        "masked_scatter",
    ],
)  # fmt: skip
def test_selection(device, here, select):
    there = here.to(device)
    there.tolist()
    notes = len(pt.explain())
    result = select(there)
    assert [r["why"] for r in pt.explain()[notes:] if r["result"] == "host library"] == []
    agree(result, select(here), device)


def test_a_mask_of_the_host_goes_with_any_device(device):
    here = pt.arange(12).reshape(3, 4)
    there, mask = here.to(device), here % 3 == 0
    agree(there[mask], here[mask], device)
    agree(there[:, mask[0]], here[:, mask[0]], device)
    there[mask] = pt.tensor([9, 8, 7, 6], device=device)
    assert there.tolist() == [[9, 1, 2, 8], [4, 5, 7, 7], [8, 6, 10, 11]]


@pytest.mark.parametrize("axis", [0, 1])
def test_slices(device, axis):
    here = pt.tensor([[1, 1, 2], [1, 1, 2], [0, 0, 2]])
    there = here.to(device)
    for name in ("unique", "unique_consecutive"):
        found = [getattr(x, name)(True, True, dim=axis) if name == "unique_consecutive"
                 else x.unique(True, True, True, axis) for x in (there, here)]  # fmt: skip
        agree(*found, device)


def test_every_nan_is_distinct(device):
    x = pt.tensor([float("nan"), 1.0, float("nan"), -0.0, 0.0], device=device)
    values, inverse, counts = x.unique(return_inverse=True, return_counts=True)
    assert values.tolist()[:2] == [0, 1] and values.isnan().tolist() == [False, False, True, True]
    assert inverse.tolist() == [2, 1, 3, 0, 0] and counts.tolist() == [2, 1, 1, 1]


def test_an_error_in_a_mask_on_a_device(device):
    x = pt.ones(3, 4, device=device)
    with pytest.raises(IndexError, match="shape of the mask"):
        x[pt.ones(2, device=device) > 0]
    with pytest.raises(RuntimeError, match="number of ones in mask"):
        pt.masked_scatter(x, x > 0, pt.ones(3, device=device))

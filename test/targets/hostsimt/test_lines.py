"""Reports of emulated kernels name the user's line."""

import re

import pytest
from devices import device_or_skip

import portico as pt


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl", "hostsimt:rocdl32"])
def test_an_index_out_of_range_is_reported_with_its_line(name):
    where = device_or_skip(name)
    table = pt.arange(12.0).reshape(4, 3).to(where)
    rows = pt.tensor([0, 4]).to(where)
    picked = pt.index_select(table, 0, rows)  # the line
    with pytest.raises(IndexError, match=r"index out of range.* got 4; .*") as caught:
        picked.tolist()
    source = open(__file__).read().splitlines()
    line = 1 + next(i for i, text in enumerate(source) if "# the line" in text)
    assert re.search(rf"test_lines\.py:{line}\b", str(caught.value))


def test_machines_are_devices():
    assert str(device_or_skip("hostsimt:rocdl")) == "hostsimt:1"
    with pytest.raises(RuntimeError, match="Invalid device string: 'hostsimt:gfx1'"):
        pt.device("hostsimt:gfx1")

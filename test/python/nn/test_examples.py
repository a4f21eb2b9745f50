"""The examples in the docstrings of nn, optim, utils, reference and serialization run."""

import doctest
import importlib
import pkgutil
import sys

import numpy as np
import pytest

import portico as pt
from portico.nn import functional as F

ROOTS = ("portico.nn", "portico.optim", "portico.utils", "portico.reference")


def modules():
    names = ["portico.serialization", *ROOTS]
    for root in ROOTS:
        package = importlib.import_module(root)
        names += [m.name for m in pkgutil.walk_packages(package.__path__, root + ".")]
    return names


def examples(name):
    module = importlib.import_module(name)
    scope = dict(vars(sys.modules[name])) | {"pt": pt, "F": F, "np": np}
    found = doctest.DocTestFinder(exclude_empty=True).find(sys.modules[name], name, globs=scope)
    assert module
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", modules())
def test_examples(name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    report = []
    for test in examples(name):
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)


def test_there_are_examples():
    assert sum(len(examples(name)) for name in modules()) > 70

"""lit's view of the tests written in MLIR; those written in Python belong to pytest.

A test states its command in `// RUN:` lines and what comes out in `// CHECK` lines, read
by `filecheck` (the PyPI package, beside lit in the virtual environment).
"""

import os
import sys

import lit.formats

# ruff: noqa: F821 - lit passes `config` in.

config.name = "portico"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.join(config.source_root, "test")
config.test_exec_root = os.path.join(config.build_root, "test")

# `// REQUIRES: name` in the tests of a target.
config.available_features.update(config.targets)

_tools = os.path.join(config.build_root, "bin")
_python = os.path.dirname(sys.executable)
config.environment["PATH"] = os.pathsep.join(
    [_tools, _python, config.llvm_tools_dir, os.environ.get("PATH", "")]
)
config.substitutions += [
    ("%python", sys.executable),
    ("%source", config.source_root),
    ("%build", config.build_root),
]

"""Sphinx configuration."""

project = "Portico"
author = "the Portico developers"
copyright = "the Portico developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.doctest"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "**/*.in"]
html_theme = "furo"
html_title = "Portico"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# No highlighter knows MLIR, or LLVM IR that is cut short.
suppress_warnings = ["misc.highlighting_failure"]


def setup(app):
    """Makes the pages that are generated from real programs before the others are read."""
    import subprocess
    import sys
    from pathlib import Path

    here = Path(__file__).resolve().parent
    for page in ("life_of_one_line.py", "from_tensor_to_isa.py"):
        subprocess.run([sys.executable, here / page], check=True)

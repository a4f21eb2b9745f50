"""The dialect in NumPy: the oracle of every target and every pass.

``evaluate_op`` runs one primitive, ``evaluate_module`` a whole program. Both
say what the right answer is, not how to get it fast.
"""

from .modules import evaluate_module
from .ops import evaluate_op

__all__ = ["evaluate_module", "evaluate_op"]

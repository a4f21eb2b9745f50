"""`python -m portico demo`: trains a network on Fashion-MNIST and shows what was compiled."""

from .command import add_arguments, run

__all__ = ["add_arguments", "run"]

"""Helpers of training programs."""

from . import data

__all__ = ["data"]

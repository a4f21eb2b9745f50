"""Benchmarks: the same bodies over Portico and PyTorch, side by side in one run.

    python -m integration.benchmarks                       # everything, one thread
    python -m integration.benchmarks --cases 'train/*'     # some of it
    python -m integration.benchmarks --torch PYTHON        # an interpreter that has torch

Every framework runs in a process of its own; measurements take turns (A B A B ...), so that a
machine whose speed drifts slows both. Times are the process's CPU time with one thread. Only
the ratio of one run means something.
"""

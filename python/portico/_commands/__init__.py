"""The commands of `python -m portico` that are about devices and targets."""

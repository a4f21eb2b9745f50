"""Gradient rules against finite differences, through the reference interpreter."""

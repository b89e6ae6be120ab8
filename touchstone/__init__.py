"""Touchstone 试金石: structured interviews and hiring assessment for AI trainers."""

__version__ = "0.1.0"

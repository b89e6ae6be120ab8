"""Writes of evaluation: one transaction each, keyword-only, returning the thing written."""

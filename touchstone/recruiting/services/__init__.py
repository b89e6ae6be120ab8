"""Writes of recruiting: one transaction each, keyword-only, returning the thing written."""

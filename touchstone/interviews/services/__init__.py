"""Writes of interviews: one transaction each, keyword-only, returning the thing written."""

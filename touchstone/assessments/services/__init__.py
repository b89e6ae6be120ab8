"""Writes of assessments: one transaction each, keyword-only, returning the thing written."""

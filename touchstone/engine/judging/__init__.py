"""Judging without running: packages, comparison, metrics, verdicts, efficiency, the report."""

"""Fisher's exact test for a table of two by two."""

from __future__ import annotations

import math

_ALIKE = 1 + 1e-9  # tables as probable as the one seen count as such despite rounding


def fisher_exact(a: int, b: int, c: int, d: int) -> float:
    """Two-sided p-value of [[a, b], [c, d]]: tables no more probable than this one, added up.

    Fisher's tea of 3 and 1 against 1 and 3 gives 0.486.
    """
    rows, columns, n = (a + b, c + d), (a + c, b + d), a + b + c + d
    if 0 in rows or 0 in columns:
        return 1.0
    low, high = max(0, columns[0] - rows[1]), min(rows[0], columns[0])
    logs = [_log_table(x, rows, columns, n) for x in range(low, high + 1)]
    seen = logs[a - low]
    return min(1.0, sum(math.exp(log) for log in logs if log <= seen + math.log(_ALIKE)))


def _log_table(x: int, rows: tuple[int, int], columns: tuple[int, int], n: int) -> float:
    cells = (x, rows[0] - x, columns[0] - x, rows[1] - columns[0] + x)
    fixed = sum(math.lgamma(k + 1) for k in (*rows, *columns)) - math.lgamma(n + 1)
    return fixed - sum(math.lgamma(k + 1) for k in cells)

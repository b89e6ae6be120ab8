"""Selection rates as they may be shown: small cells kept back, the unknown counted apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.engine.fairness.selection import LEAST, Group, GroupRatio, compare_groups

SMALLEST_SHOWN = 5  # people; no figure of a smaller group is shown to anyone
LEAST_SHARE = 0.02  # of all known people; a smaller group is shown, but not compared


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Groups side by side.

    Attributes:
        rows: of the groups that may be shown, in the order given.
        suppressed: keys of groups too small to be shown; where it would be a single one, which
            could be worked out from the sum of all, the next smallest is kept back with it.
        unknown: people whose group is not known; counted, never compared.
    """

    rows: tuple[GroupRatio, ...]
    suppressed: tuple[str, ...]
    unknown: int


def report_groups(groups: Sequence[Group], *, unknown: str = "") -> FairnessReport:
    """Compares groups by `compare_groups` and keeps back what would tell of single people.

    Args:
        groups: each key once; groups without people are left out.
        unknown: the key of those whose group is not known.

    Raises:
        ValueError: more selected than there are, or negative numbers.
    """
    for group in groups:
        if not 0 <= group.selected <= group.n:
            raise ValueError(f"{group.selected} of {group.n} in group {group.key!r}")
    known = [group for group in groups if group.key != unknown and group.n]
    hidden = _suppressed(known)
    least = max(LEAST, math.ceil(LEAST_SHARE * sum(group.n for group in known)))
    shown = [group for group in known if group.key not in hidden]
    return FairnessReport(
        rows=compare_groups(shown, least),
        suppressed=tuple(group.key for group in known if group.key in hidden),
        unknown=sum(group.n for group in groups if group.key == unknown),
    )


def _suppressed(known: Sequence[Group]) -> set[str]:
    hidden = {group.key for group in known if group.n < SMALLEST_SHOWN}
    rest = [group for group in known if group.key not in hidden]
    if len(hidden) == 1 and rest:
        hidden.add(min(rest, key=lambda group: group.n).key)
    return hidden

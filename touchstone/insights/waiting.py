"""What waits for a person in each position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from touchstone.positions.models import Position
from touchstone.recruiting.models import Application


@dataclass(frozen=True, slots=True)
class Waiting:
    """A position with the applications at each stage now."""

    position: Position
    stages: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.stages.values())


def waiting_work(positions: Sequence[Position]) -> list[Waiting]:
    """For each position the count of applications at each stage; one query for all."""
    counts: dict[int, dict[str, int]] = {position.pk: {} for position in positions}
    rows = (
        Application.objects.filter(position__in=positions)
        .values_list("position_id", "stage")
        .annotate(n=Count("pk"))
    )
    for position_id, stage, n in rows:
        counts[position_id][stage] = n
    return [Waiting(position, counts[position.pk]) for position in positions]

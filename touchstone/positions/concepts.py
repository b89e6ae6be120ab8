"""Which positions ask for a concept, and by which indicators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from touchstone.common.messages import Bilingual
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.screening.demand import demand_of
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.positions.models import Position

MOST = 16  # models looked at


@dataclass(frozen=True, slots=True)
class Use:
    """A position whose indicators a concept speaks for, each with how fully (0–1)."""

    position: Position
    indicators: tuple[tuple[Bilingual, float], ...]


def concept_uses(positions: Iterable[Position], concept: str, known: Taxonomy) -> list[Use]:
    """Where a concept counts, of the first `MOST` positions that have a model."""
    found = []
    for position in [p for p in positions if p.model_version][:MOST]:
        if position.model_version is None:
            continue
        demand = demand_of(parse_model(position.model_version.document), known)
        shares = sorted(demand.concepts.get(concept, ()), key=lambda share: -share[1])
        if shares:
            named = tuple((demand.indicators[n].name, affinity) for n, affinity in shares)
            found.append(Use(position, named))
    return found

"""What a changed model would do to the ranking of those who applied, before it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from touchstone.engine.profiles.model import CompetencyModel
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.models import Position
from touchstone.positions.selectors import competency_model
from touchstone.recruiting.models import Application
from touchstone.recruiting.selectors import listed
from touchstone.recruiting.services.screening import screening_row

MOST = 600  # people a preview looks at, the best first
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """One person before and after."""

    ref: str
    name: str
    rank_before: int
    rank_after: int
    before: float
    after: float

    @property
    def places(self) -> int:
        """How many places up; negative for down."""
        return self.rank_before - self.rank_after

    @property
    def distance(self) -> int:
        return abs(self.places)


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change.

    Attributes:
        n: people compared. up, down: how many cross the line for "advance".
        fresh: how many of the first ten are not among the first ten now.
        first: the first ten afterwards, then those of today's ten who leave.
        exact: screened again by the changed model, not only weighed again.
        unweighed: ids of indicators that weighing alone cannot judge: new, or written anew.
    """

    n: int
    up: int
    down: int
    fresh: int
    first: tuple[Moved, ...]
    exact: bool
    unweighed: tuple[str, ...]


def ranking_effect(position: Position, draft: CompetencyModel, *, exact: bool) -> Effect | None:
    """Ranks those who applied by the current and by a changed model; None without anybody.

    Args:
        exact: screen everybody again, some milliseconds a person; else weigh the scores of the
            indicators again, which new and rewritten indicators do not take part in.
    """
    if position.model_version is None:
        return None
    current = competency_model(position.model_version)
    people = list(
        listed(position)
        .filter(screening__isnull=False, screening__model_version=position.model_version_id)
        .select_related("candidate", "screening", *(("resume",) if exact else ()))
        .order_by("-score", "pk")[:MOST]
    )
    if not people:
        return None
    before = {a.pk: _own(a) for a in people}
    if exact:
        concepts = company_taxonomy()
        # What the company's concepts changed since is not the draft's doing.
        before |= {
            a.pk: float(screening_row(a.resume, current, concepts)["score"])
            for a in people
            if a.resume and a.screening and a.screening.taxonomy_sha256 != concepts.layer
        }
        after = {
            a.pk: float(screening_row(a.resume, draft, concepts)["score"])
            if a.resume
            else before[a.pk]
            for a in people
        }
    else:
        after = {a.pk: _weighed(a, current, draft) for a in people}
    return _effect(people, before, after, current, draft, exact=exact)


def _own(application: Application) -> float:
    return float(application.screening.score) if application.screening else 0.0


def _weighed(application: Application, current: CompetencyModel, draft: CompetencyModel) -> float:
    scores: Mapping[str, Mapping[str, float]] = (
        application.screening.result.get("indicators", {}) if application.screening else {}
    )
    was = {i.id: i.weight for i in current.indicators}
    gain = sum(
        (i.weight - was[i.id]) * scores[i.id]["score"] / 100
        for i in draft.indicators
        if i.id in scores and i.id in was
    )
    gone = set(was) - {i.id for i in draft.indicators}
    loss = sum(was[key] * scores[key]["score"] / 100 for key in gone if key in scores)
    return round(max(0.0, min(100.0, _own(application) + gain - loss)), 1)


def _effect(
    people: Sequence[Application],
    before: Mapping[int, float],
    after: Mapping[int, float],
    current: CompetencyModel,
    draft: CompetencyModel,
    *,
    exact: bool,
) -> Effect:
    ranks_before = _ranks(before)
    ranks_after = _ranks(after)
    moved = [
        Moved(
            a.ref,
            a.candidate.name,
            ranks_before[a.pk],
            ranks_after[a.pk],
            before[a.pk],
            after[a.pk],
        )
        for a in people
    ]
    first = sorted((m for m in moved if m.rank_after <= SHOWN), key=lambda m: m.rank_after)
    leaving = sorted(
        (m for m in moved if m.rank_before <= SHOWN < m.rank_after), key=lambda m: m.rank_before
    )
    was, now = current.decision.advance_min, draft.decision.advance_min
    return Effect(
        n=len(people),
        up=sum(before[a.pk] < was and after[a.pk] >= now for a in people),
        down=sum(before[a.pk] >= was and after[a.pk] < now for a in people),
        fresh=len(leaving),
        first=(*first[:SHOWN], *leaving),
        exact=exact,
        unweighed=() if exact else _unweighed(current, draft),
    )


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    ordered = sorted(scores, key=lambda pk: (-scores[pk], pk))
    return {pk: rank for rank, pk in enumerate(ordered, 1)}


def _unweighed(current: CompetencyModel, draft: CompetencyModel) -> tuple[str, ...]:
    was = {i.id: i for i in current.indicators}
    return tuple(
        i.id
        for i in draft.indicators
        if i.id not in was or (i.text, i.keywords) != (was[i.id].text, was[i.id].keywords)
    )

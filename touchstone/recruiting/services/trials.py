"""What a draft of the company's concepts would do to past screenings, before it is saved.

Everybody is screened twice from the stored text by the real engine: by the concepts that hold and
by those tried. Nothing of it is kept but the comparison itself, as refs and offsets.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.background import enqueue
from touchstone.common.clock import Clock
from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say
from touchstone.engine.profiles.model import parse_model
from touchstone.engine.screening.layer_effect import LayerEffect, Met, ResumeEffect
from touchstone.engine.text.layer import (
    differences_between,
    layer_document,
    layer_sha256,
    layered,
    parse_layer,
)
from touchstone.engine.text.layer_check import has_errors
from touchstone.engine.text.matcher import Hit
from touchstone.engine.text.normalize import key_of
from touchstone.library.concepts import (
    current_layer,
    findings_of,
    taxonomy_named,
)
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application, TaxonomyTrial
from touchstone.recruiting.reading import stored
from touchstone.recruiting.selectors import listed
from touchstone.recruiting.services.screening import parsed_again

TRIAL_TASK = "touchstone.jobs.recruiting.taxonomy_trial"
AT_ONCE = 150  # people screened twice within about a second
CHUNK = 50
MOST_SHOWN = 300  # people a position whose changes are kept one by one
MOST_MET = 12  # words a person
SAMPLE = 200
KEPT = dt.timedelta(days=2)
RANK = {"decline": 0, "review": 1, "advance": 2}


@transaction.atomic
def trial_ask(
    *,
    actor: Actor,
    person: Person,
    document: Mapping[str, Any],
    positions: Sequence[Position],
    at: dt.datetime,
    everybody: bool,
) -> TaxonomyTrial:
    """Has a draft tried out on those who applied for some positions; replaces what the person
    asked before.

    Args:
        everybody: else a sample of `SAMPLE` a position.

    Raises:
        InvalidInput: the draft has errors, or no position can be tried.
    """
    clean = layer_document(parse_layer(document))
    findings = [f for f in findings_of(clean) if f.level == "error"]
    if has_errors(findings):
        message = say("taxonomy.not_tried", n=len(findings), first=findings[0].message)
        raise InvalidInput(message, field=findings[0].field)
    with_model = [p for p in positions if p.model_version_id]
    most = 0 if everybody else SAMPLE
    total = sum(min(n, most) if most else n for n in map(_count, with_model))
    if not total:
        raise InvalidInput(say("taxonomy.nobody_to_try"))
    TaxonomyTrial.objects.filter(author=person).delete()
    before = current_layer()
    trial = TaxonomyTrial.objects.create(
        author=person,
        document=clean,
        sha256=layer_sha256(clean),
        before_sha256=layer_sha256(before),
        most=most,
        total=total,
        created_at=at,
    )
    trial.positions.set(with_model)
    audit_record(
        actor,
        "taxonomy.tried",
        object_type="taxonomy",
        object_ref=trial.ref,
        after=trial.sha256,
        detail={"positions": [p.ref for p in with_model], "people": total},
    )
    if total > AT_ONCE:
        enqueue(TRIAL_TASK, trial_ref=trial.ref)
    return trial


def trial_discard(person: Person) -> None:
    """Throws away what the person asked and was answered."""
    TaxonomyTrial.objects.filter(author=person).delete()


def trials_prune(*, at: dt.datetime) -> int:
    """Throws away old answers: they point at people."""
    return TaxonomyTrial.objects.filter(created_at__lt=at - KEPT).delete()[0]


def trial_run(*, trial: TaxonomyTrial, clock: Clock) -> bool:
    """Computes a trial; once done, never again. False where it was withdrawn meanwhile."""
    waiting = (TaxonomyTrial.Status.WAITING, TaxonomyTrial.Status.RUNNING)
    started = TaxonomyTrial.objects.filter(pk=trial.pk, status__in=waiting).update(
        status=TaxonomyTrial.Status.RUNNING, started_at=clock(), done=0
    )
    if not started:
        return False
    try:
        result = _result(trial)
    except InvalidInput as error:
        fields: dict[str, Any] = {"status": "failed", "failure": stored(error.message)}
    except _WithdrawnError:
        return False
    else:
        fields = {"status": "done", "result": result, "done": trial.total}
    return bool(TaxonomyTrial.objects.filter(pk=trial.pk).update(**fields, finished_at=clock()))


class _WithdrawnError(Exception):
    """Its author asked anew or threw it away."""


def _result(trial: TaxonomyTrial) -> dict[str, Any]:
    before, after = taxonomy_named(trial.before_sha256), layered(trial.document)
    touched = differences_between(before, after)
    tally = _Tally()
    rows = []
    done = 0
    for position in trial.positions.select_related("model_version").order_by("pk"):
        if position.model_version is None:
            continue
        model = parse_model(position.model_version.document)
        compare = LayerEffect(model, before, after, touched)
        round_ = _Round(position.ref)
        for people in _chunks(position, trial.most):
            for application in people:
                _compare(compare, application, position.model_version_id, round_, tally)
            done += len(people)
            if not TaxonomyTrial.objects.filter(pk=trial.pk).update(done=done):
                raise _WithdrawnError
        rows.append(round_.document())
    return {"positions": rows, "spellings": tally.document()}


def tried(position: Position) -> Any:
    """Applications a trial looks at: readable, and not kept for people alone."""
    return listed(position).filter(human_only=False).exclude(resume=None).exclude(resume__text="")


def _count(position: Position) -> int:
    return int(tried(position).count())


def _chunks(position: Position, most: int) -> Iterator[list[Application]]:
    """Those to try, a few at a time; of a sample every n-th, so that it is the same each time."""
    ids = list(tried(position).order_by("pk").values_list("pk", flat=True))
    if most and len(ids) > most:
        ids = [ids[i * len(ids) // most] for i in range(most)]
    every = iter(ids)
    while chunk := list(itertools.islice(every, CHUNK)):
        yield list(
            Application.objects.filter(pk__in=chunk)
            .select_related("resume", "screening")
            .defer("resume__parsed", "resume__geometry", "screening__result")
            .order_by("pk")
        )


def _compare(
    compare: LayerEffect,
    application: Application,
    model: int | None,
    round_: _Round,
    tally: _Tally,
) -> None:
    resume, screening = application.resume, application.screening
    if resume is None:
        return
    parsed, as_of = parsed_again(resume)
    flags = tuple(resume.flags)
    effect = compare.on(resume.text, parsed, as_of=as_of, flags=flags)
    if effect is not None:
        tally.add(resume.text, effect)
        round_.take(application, effect)
        return
    fresh = screening is not None and (screening.model_version_id, screening.taxonomy_sha256) == (
        model,
        compare.before.layer,
    )
    score = (
        screening.score
        if screening is not None and fresh
        else compare.score(resume.text, parsed, as_of=as_of, flags=flags)
    )
    round_.scores[application.pk] = (score, score)


@dataclass
class _Tally:
    """How often each spelling is met in all texts, and whose it is."""

    rows: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def add(self, text: str, effect: ResumeEffect) -> None:
        met: set[tuple[str, str]] = set()
        for kind, items in (("gained", effect.gained), ("lost", effect.lost)):
            for item in items:
                row = self._row(item.concept, text[item.start : item.end], met)
                row[kind] += 1
                if kind == "gained":
                    row[item.polarity] += 1
                    row["alone"] += item.alone
        for hit in effect.kept_out:
            self._row(hit.concept, text[hit.start : hit.end], met)["kept_out"] += 1

    def _row(self, concept: str, words: str, met: set[tuple[str, str]]) -> Counter[str]:
        key = (concept, key_of(words)[:80])
        row = self.rows.setdefault(key, Counter())
        if key not in met:
            met.add(key)
            row["people"] += 1
        return row

    def document(self) -> list[dict[str, Any]]:
        return [
            {"concept": concept, "words": words, **counts}
            for (concept, words), counts in sorted(
                self.rows.items(), key=lambda pair: (-pair[1]["people"], pair[0])
            )[:200]
        ]


@dataclass
class _Round:
    """One position's comparison as it grows."""

    ref: str
    scores: dict[int, tuple[float, float]] = field(default_factory=dict)
    changed: dict[int, dict[str, Any]] = field(default_factory=dict)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    points: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    up: int = 0
    down: int = 0

    def take(self, application: Application, effect: ResumeEffect) -> None:
        before, after = effect.before, effect.after
        self.scores[application.pk] = (before.score, after.score)
        for change in effect.indicators:
            (self.gained if change.after > change.before else self.lost)[change.indicator] += 1
            self.points[change.indicator] += change.after - change.before
        step = RANK[after.decision] - RANK[before.decision]
        self.up += step > 0
        self.down += step < 0
        self.changed[application.pk] = {
            "ref": application.ref,
            "before": before.score,
            "after": after.score,
            "decision": [before.decision, after.decision],
            "indicators": [[c.indicator, c.before, c.after] for c in effect.indicators],
            "gained": [_met(m) for m in effect.gained[:MOST_MET]],
            "lost": [_met(m) for m in effect.lost[:MOST_MET]],
            "kept_out": [_hit(h) for h in effect.kept_out[:MOST_MET]],
            "evidence": [[e.indicator, e.start, e.end, e.effect] for e in effect.evidence[:8]],
            "without": [[e.indicator, e.start, e.end, e.effect] for e in effect.without[:8]],
        }

    def document(self) -> dict[str, Any]:
        was, now = (_ranks({pk: s[n] for pk, s in self.scores.items()}) for n in (0, 1))
        for pk, row in self.changed.items():
            row["rank"] = [was[pk], now[pk]]
        moved = sorted(self.changed.values(), key=_weight)
        points = [r["after"] - r["before"] for r in self.changed.values()]
        return {
            "ref": self.ref,
            "n": len(self.scores),
            "changed": sum(p != 0 for p in points),
            "met": len(self.changed),
            "up": self.up,
            "down": self.down,
            "gained": dict(self.gained),
            "lost": dict(self.lost),
            "points": {indicator: round(sum_, 1) for indicator, sum_ in self.points.items()},
            "most_up": round(max(points, default=0.0), 1),
            "most_down": round(min(points, default=0.0), 1),
            "rank_moves": sum(was[pk] != now[pk] for pk in self.scores),
            "people": moved[:MOST_SHOWN],
        }


def _weight(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Whose recommendation changes first, then by points."""
    one, other = row["decision"]
    return (one == other, -abs(row["after"] - row["before"]), row["rank"][0])


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    ordered = sorted(scores, key=lambda pk: (-scores[pk], pk))
    return {pk: rank for rank, pk in enumerate(ordered, 1)}


def _met(item: Met) -> list[Any]:
    return [item.concept, item.start, item.end, item.polarity, item.strength, item.alone]


def _hit(item: Hit) -> list[Any]:
    return [item.concept, item.start, item.end]


def latest_trial(person: Person) -> TaxonomyTrial | None:
    """What the person asked last."""
    return TaxonomyTrial.objects.filter(author=person).order_by("-pk").first()

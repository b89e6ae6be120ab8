"""Hiring history: files of other systems taken in with a confirmed mapping, and learned from."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from touchstone.accounts.models import Branch
from touchstone.audit.files import display_name, file_bytes, file_store
from touchstone.audit.services import audit_record
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import Bilingual, Message, say
from touchstone.engine.profiles import learning
from touchstone.engine.profiles.learning import LearnedModel, learn_model
from touchstone.engine.profiles.wishes import WishProposal, wishes_to_indicators
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.library.concepts import company_taxonomy
from touchstone.positions.columns import (
    FIELDS,
    PastRow,
    ProblemGroup,
    ReadHistory,
    guess_mapping,
    is_known,
    problem_document,
    problem_groups,
    read_history,
    sample,
)
from touchstone.positions.models import BusinessWish, HistoryBatch, PastCase, Position
from touchstone.positions.tables import Table, read_table

MOST_PROBLEMS = 200
FACT_NAMES = {
    "years_experience": Bilingual("工作年限", "Years of experience"),
    "training_projects": Bilingual("参与过的训练项目数", "Training projects taken part in"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file, its first values, and the field it is taken for ("" for none)."""

    heading: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be taken in under a mapping; nothing is stored by looking."""

    columns: tuple[Column, ...]
    read: ReadHistory
    hired: int
    with_outcome: int

    @property
    def first(self) -> list[tuple[PastRow, list[str]]]:
        """The first rows, each with the ids of the concepts it speaks of."""
        known = company_taxonomy()
        return [
            (row, concepts_of(row.features, row.resume_text, known)) for row in self.read.rows[:6]
        ]

    @property
    def problems(self) -> list[ProblemGroup]:
        return problem_groups(problem_document(problem) for problem in self.read.problems)


@transaction.atomic
def history_receive(
    *,
    actor: Actor,
    branch: Branch,
    position: Position | None,
    name: str,
    data: bytes,
    at: dt.datetime,
) -> HistoryBatch:
    """Stores a history file and guesses what its columns mean; its rows wait for a person.

    Raises:
        InvalidInput: no table can be read in it.
    """
    table = read_table(data, name, is_known)
    stored = file_store(data=data, original_name=name, purpose="history")
    batch = HistoryBatch.objects.create(
        branch=branch,
        position=position,
        file=stored,
        name=display_name(name)[-200:],
        mapping=guess_mapping(table),
        imported_by_id=actor.person_id,
        created_at=at,
    )
    _log(actor, batch, "history.received")
    return batch


def history_preview(batch: HistoryBatch, mapping: Mapping[str, str] | None = None) -> Preview:
    """How the stored file reads under a mapping; by default the guessed or confirmed one."""
    table = _table(batch)
    chosen = _mapping(table, batch.mapping if mapping is None else mapping)
    read = read_history(table, chosen, _round_name(batch.name))
    fields = {heading: name for name, heading in chosen.items()}
    return Preview(
        columns=tuple(
            Column(heading, tuple(sample(table, heading)), fields.get(heading, ""))
            for heading in table.headings
        ),
        read=read,
        hired=sum(row.hired for row in read.rows),
        with_outcome=sum(row.hired and bool(row.outcomes) for row in read.rows),
    )


@transaction.atomic
def history_confirm(
    *, actor: Actor, batch: HistoryBatch, mapping: Mapping[str, str], at: dt.datetime
) -> HistoryBatch:
    """Takes the rows in under the mapping a person confirmed.

    A person of a round who is already in the branch's history is not taken twice.

    Raises:
        Conflict: it was confirmed already.
        InvalidInput: the mapping names no column that can be learned from.
    """
    batch = HistoryBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.confirmed_at is not None:
        raise Conflict(say("positions.history_confirmed", rows=batch.rows))
    table = _table(batch)
    chosen = _mapping(table, mapping)
    if not set(chosen) - {"key", "name", "phone", "round_name", "year_month"}:
        raise InvalidInput(say("positions.mapping_empty"), field="mapping")
    read = read_history(table, chosen, _round_name(batch.name))
    known = set(PastCase.objects.filter(branch=batch.branch).values_list("round_name", "key"))
    fresh = [row for row in read.rows if (row.round_name, row.key) not in known]
    known_concepts = company_taxonomy()
    PastCase.objects.bulk_create(
        [_case(batch, row, known_concepts) for row in fresh], batch_size=500
    )
    problems = [problem_document(problem) for problem in read.problems[:MOST_PROBLEMS]]
    if len(fresh) < len(read.rows):
        twice = say("positions.rows_known", n=len(read.rows) - len(fresh))
        problems.insert(0, {"row": 0, "field": "key", "message": _stored(twice)})
    batch.mapping, batch.rows, batch.problems = dict(chosen), len(fresh), problems
    batch.confirmed_at, batch.imported_by_id = at, actor.person_id
    batch.save(update_fields=["mapping", "rows", "problems", "confirmed_at", "imported_by"])
    _log(actor, batch, "history.imported", {"rows": batch.rows})
    return batch


@transaction.atomic
def history_import(
    *,
    actor: Actor,
    branch: Branch,
    position: Position | None,
    name: str,
    data: bytes,
    mapping: Mapping[str, str] | None,
    at: dt.datetime,
) -> HistoryBatch:
    """Stores a file and takes its rows in at once.

    Args:
        mapping: field → heading, see `columns.FIELDS`; None takes the guessed one.
    """
    batch = history_receive(
        actor=actor, branch=branch, position=position, name=name, data=data, at=at
    )
    chosen = batch.mapping if mapping is None else mapping
    return history_confirm(actor=actor, batch=batch, mapping=chosen, at=at)


@transaction.atomic
def history_discard(*, actor: Actor, batch: HistoryBatch) -> None:
    """Takes an imported file and its rows out of the history again; the file itself is kept."""
    _log(actor, batch, "history.discarded", {"rows": batch.rows})
    batch.delete()


def past_cases(position: Position) -> QuerySet[PastCase]:
    """The history a position learns from: its own, and the branch's that belongs to none."""
    return PastCase.objects.filter(
        Q(batch__position=position) | Q(batch__position=None, batch__branch=position.branch_id)
    ).order_by("pk")


def model_learn(*, position: Position) -> LearnedModel:
    """What the position's history says about weights and signals, or why it says nothing.

    The prior is the current model's weights, else the default 40/30/20/10.
    """
    version = position.model_version
    prior = learning.DEFAULT_WEIGHTS
    if version is not None:
        own = {d["id"]: float(d["weight"]) for d in version.document["dimensions"]}
        prior = own if set(own) == set(prior) else prior
    return learn_model([_engine_case(case) for case in past_cases(position)], prior)


def learned_document(learned: LearnedModel) -> dict[str, Any]:
    """What was learned, as it is stored with a model version."""
    return {
        "n": learned.n,
        "n_excellent": learned.n_excellent,
        "weights": [dataclasses.asdict(weight) for weight in learned.weights],
        "signals": [dataclasses.asdict(signal) for signal in learned.signals[:60]],
        "validity": dataclasses.asdict(learned.validity) if learned.validity else None,
        "refused": [_stored(message) for message in learned.refused],
        "warnings": [_stored(message) for message in learned.warnings],
    }


def wishes_propose(position: Position) -> list[tuple[BusinessWish, WishProposal]]:
    """Indicators that the departments' wishes point at, each with the words it came from."""
    return [
        (wish, proposal)
        for wish in position.wishes.select_related("department").order_by("created_at", "pk")
        for proposal in wishes_to_indicators(wish.text)
    ]


def feature_name(feature: str, lang: str, known: Taxonomy | None = None) -> str:
    """A feature in words: a counted fact's, or the concept's name where the taxonomy has it."""
    if feature in FACT_NAMES:
        return FACT_NAMES[feature].text(lang)
    known = known or company_taxonomy()
    try:
        return str(known.name(feature, "en" if lang.startswith("en") else "zh"))
    except KeyError:
        return feature


def _case(batch: HistoryBatch, row: PastRow, known: Taxonomy) -> PastCase:
    return PastCase(
        batch=batch,
        branch=batch.branch,
        key=row.key,
        round_name=row.round_name,
        year_month=row.year_month,
        features=concepts_of(row.features, row.resume_text, known),
        facts=row.facts,
        resume_text=row.resume_text,
        scores=row.scores,
        hired=row.hired,
        **row.outcomes,
    )


def concepts_of(words: Iterable[str], text: str, known: Taxonomy | None = None) -> list[str]:
    """Ids of the concepts a list of words and a text speak of; a word we do not know stays.

    Args:
        known: the company's concepts, where the caller asks for many; by default looked up.
    """
    from touchstone.engine.text.mentions import find_mentions

    known = known or company_taxonomy()
    found: dict[str, None] = {}
    for word in words:
        for item in _ids(known.find(word)) or [word]:
            found[item] = None
    for mention in find_mentions(text, concepts=known) if text else ():
        if mention.polarity == "own":
            found[mention.concept] = None
    return list(found)


def _ids(found: Any) -> list[str]:
    return [found] if isinstance(found, str) else list(found or ())


def _engine_case(case: PastCase) -> learning.PastCase:
    return learning.PastCase(
        key=case.key,
        features=frozenset(case.features),
        facts={name: float(value) for name, value in case.facts.items()},
        scores={name: float(value) for name, value in case.scores.items()},
        hired=case.hired,
        projects_delivered=case.projects_delivered,
        model_improvement=case.model_improvement,
        review=case.review,
    )


def _table(batch: HistoryBatch) -> Table:
    if batch.file is None:
        raise InvalidInput(say("positions.table_empty"), field="file")
    return read_table(file_bytes(batch.file), batch.name, is_known)


def _mapping(table: Table, mapping: Mapping[str, str]) -> dict[str, str]:
    """The part of a mapping that this file has; a heading serves one field."""
    chosen: dict[str, str] = {}
    for name in FIELDS:
        heading = mapping.get(name, "")
        if heading in table.headings and heading not in chosen.values():
            chosen[name] = heading
    return chosen


def _round_name(name: str) -> str:
    return PurePath(name).stem[:80]


def _stored(message: Message) -> dict[str, Any]:
    return {"id": message.id, "args": dict(message.args)}


def _log(
    actor: Actor, batch: HistoryBatch, action: str, detail: dict[str, Any] | None = None
) -> None:
    audit_record(
        actor,
        action,
        object_type="history",
        object_ref=batch.ref,
        branch_ref=batch.branch.ref,
        detail=detail,
    )


def confirmed_batches(position: Position) -> Sequence[HistoryBatch]:
    """The history files a position learns from, newest first."""
    return list(
        HistoryBatch.objects.filter(
            Q(position=position) | Q(position=None, branch=position.branch_id)
        )
        .select_related("imported_by")
        .order_by("-created_at")
    )

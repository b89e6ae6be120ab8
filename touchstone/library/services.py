"""Writes of the question bank: loading what comes with the product, saving, retiring, exposure."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM, Actor
from touchstone.common.errors import Conflict, InvalidInput
from touchstone.common.messages import say
from touchstone.engine.judging.loading import load_problem
from touchstone.engine.judging.problem import Problem as Package
from touchstone.engine.questions.lint import has_errors, lint_question
from touchstone.engine.questions.loading import (
    built_in_questions,
    parse_question,
    question_document,
)
from touchstone.engine.questions.question import Question as EngineQuestion
from touchstone.library.models import Exposure, Problem, Question

PROBLEMS = Path(__file__).resolve().parent.parent / "content" / "problems"
Status = Question.Status


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did to each question, by its code."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    drafts: tuple[str, ...] = field(default=())


def document_sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 of a question's canonical JSON."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain_document(question: EngineQuestion) -> dict[str, Any]:
    """The question as JSON stores it: keys are strings, also those of the anchors."""
    document: dict[str, Any] = json.loads(json.dumps(question_document(question)))
    return document


@transaction.atomic
def builtin_questions_load(*, at: dt.datetime) -> int:
    """Brings the bank up to the questions of this version; safe to repeat.

    A question that somebody here has edited stays as edited, a retired one stays retired.

    Returns:
        How many questions were added or renewed.
    """
    newest = newest_revisions()
    known_problems = set(newest)
    fresh: list[Question] = []
    superseded: list[int] = []
    for question in built_in_questions():
        document = plain_document(question)
        sha256 = document_sha256(document)
        latest = newest.get(question.id)
        if latest is not None and (latest.sha256 == sha256 or not latest.builtin):
            continue
        row = _row(question, document, sha256, at)
        row.builtin = True
        if latest is not None:
            row.revision = latest.revision + 1
            row.exposures = latest.exposures
            if latest.status == Status.RETIRED:
                row.status = Status.RETIRED
            else:
                superseded.append(latest.pk)
        fresh.append(row)
    Question.objects.filter(pk__in=superseded).update(status=Status.SUPERSEDED)
    Question.objects.bulk_create(fresh)
    if fresh:
        audit_record(
            SYSTEM,
            "questions.loaded",
            object_type="question",
            object_ref="builtin",
            detail={"fresh": len(fresh), "known": len(known_problems)},
        )
    return len(fresh)


@transaction.atomic
def builtin_problems_load(*, at: dt.datetime) -> int:
    """Brings the programming problems up to those of this version; safe to repeat.

    Returns:
        How many problems were added or renewed.
    """
    changed = 0
    for folder in sorted(path.parent for path in PROBLEMS.glob("*/problem.yaml")):
        package = load_problem(folder)
        about = _about(folder)
        extra = about.get("x-touchstone") or {}
        values = {
            "title": package.names.get("zh") or package.id,
            "title_en": package.names.get("en", ""),
            "path": folder.name,
            "languages": _languages(package),
            "minutes": int(extra.get("minutes") or _minutes(package)),
            "difficulty": int(extra.get("difficulty") or 3),
            "document": {
                "kind": package.extension.kind,
                "keywords": about.get("keywords") or [],
                "level": extra.get("level"),
                "interview": extra.get("interview") or {},
            },
            "builtin": True,
        }
        row = Problem.objects.filter(code=folder.name).first()
        if row is None:
            Problem.objects.create(code=folder.name, created_at=at, **values)
        elif not row.builtin or all(getattr(row, k) == v for k, v in values.items()):
            continue
        else:
            Problem.objects.filter(pk=row.pk).update(**values)
        changed += 1
    if changed:
        audit_record(
            SYSTEM,
            "problems.loaded",
            object_type="problem",
            object_ref="builtin",
            detail={"changed": changed},
        )
    return changed


@transaction.atomic
def question_save(
    *,
    actor: Actor,
    document: Mapping[str, Any],
    at: dt.datetime,
    based_on: int = 0,
    activate: bool = True,
    machine_draft: bool = False,
) -> Question:
    """A new revision of a question, or a new question.

    Args:
        document: as in docs/question-bank.md.
        based_on: the revision that the author saw; 0 for a question that is new.
        activate: whether kits and papers may use it from now on; otherwise it is a draft.
        machine_draft: a model wrote it; a person has to activate it.

    Raises:
        InvalidInput: a field is wrong, or it should be activated and the lint finds errors, or a
            draft would stand in the way of a published revision.
        Conflict: somebody saved a revision meanwhile.
    """
    question = parse_question(document)
    latest = Question.objects.filter(code=question.id).order_by("-revision").first()
    if (latest.revision if latest else 0) != based_on:
        raise Conflict(
            say("questions.changed_meanwhile", code=question.id),
            theirs=latest.document if latest else None,
            mine=dict(document),
        )
    errors = [f for f in lint_question(question) if f.severity == "error"]
    if activate and errors:
        first = errors[0].message
        raise InvalidInput(
            say("questions.lint_stops", n=len(errors), first=first), field=errors[0].field
        )
    if not activate and latest is not None and latest.status == Status.ACTIVE:
        raise InvalidInput(say("questions.draft_over_active", code=question.id))
    plain = plain_document(question)
    row = _row(question, plain, document_sha256(plain), at)
    row.revision = based_on + 1
    row.status = Status.ACTIVE if activate else Status.DRAFT
    row.machine_draft = machine_draft
    row.created_by = actor.name[:80]
    if latest is not None:
        row.exposures = latest.exposures
        Question.objects.filter(pk=latest.pk).update(status=Status.SUPERSEDED)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(say("questions.changed_meanwhile", code=question.id)) from error
    _log(actor, row, "question.saved", before=latest.sha256 if latest else None)
    return row


@transaction.atomic
def question_retire(*, actor: Actor, question: Question, at: dt.datetime) -> Question:
    """Takes a question out of kits and papers to come; those that hold it keep it.

    Raises:
        Conflict: it is not the newest revision any more.
    """
    return _status_set(actor, question, Status.RETIRED, "question.retired", at)


@transaction.atomic
def question_restore(*, actor: Actor, question: Question, at: dt.datetime) -> Question:
    """Puts a retired question, or a draft that passes the lint, into use.

    Raises:
        InvalidInput: the lint finds errors.
        Conflict: it is not the newest revision any more.
    """
    if has_errors(lint_question(parse_question(question.document))):
        raise InvalidInput(say("questions.lint_stops_restore", code=question.code))
    return _status_set(actor, question, Status.ACTIVE, "question.restored", at)


def _status_set(
    actor: Actor, question: Question, status: str, action: str, at: dt.datetime
) -> Question:
    before = question.status
    newest = Question.objects.filter(code=question.code).order_by("-revision").first()
    done = 0
    if newest is not None and newest.pk == question.pk:
        done = Question.objects.filter(pk=question.pk, version=question.version).update(
            status=status, version=F("version") + 1
        )
    if not done:
        raise Conflict(say("questions.changed_meanwhile", code=question.code))
    question.refresh_from_db()
    _log(actor, question, action, before=before, detail={"at": at.isoformat()})
    return question


@transaction.atomic
def questions_import(
    *, actor: Actor, questions: Sequence[EngineQuestion], at: dt.datetime
) -> ImportResult:
    """Takes questions of a file into the bank: all of them or, when one is refused, none.

    Questions with lint errors come in as drafts, unless a published revision exists.

    Raises:
        InvalidInput: a question with lint errors would replace a published one.
    """
    newest = newest_revisions()
    created: list[str] = []
    updated: list[str] = []
    unchanged: list[str] = []
    drafts: list[str] = []
    for question in questions:
        document = plain_document(question)
        latest = newest.get(question.id)
        if latest is not None and latest.sha256 == document_sha256(document):
            unchanged.append(question.id)
            continue
        flawed = has_errors(lint_question(question))
        question_save(
            actor=actor,
            document=document,
            at=at,
            based_on=latest.revision if latest else 0,
            activate=not flawed or (latest is not None and latest.status == Status.ACTIVE),
        )
        (drafts if flawed else updated if latest else created).append(question.id)
    return ImportResult(tuple(created), tuple(updated), tuple(unchanged), tuple(drafts))


@transaction.atomic
def exposures_record(
    *, codes: Iterable[str], round_key: str, application_ref: str, at: dt.datetime
) -> int:
    """Remembers that a candidate is shown questions; each counts once per candidate.

    Args:
        round_key: the position's ref; later kits of the round avoid what was shown in it.

    Returns:
        How many were not known before.
    """
    wanted = list(dict.fromkeys(codes))
    known = set(
        Exposure.objects.filter(
            application_ref=application_ref, question_code__in=wanted
        ).values_list("question_code", flat=True)
    )
    fresh = [code for code in wanted if code not in known]
    Exposure.objects.bulk_create(
        [
            Exposure(
                question_code=code, round_key=round_key, application_ref=application_ref, at=at
            )
            for code in fresh
        ],
        ignore_conflicts=True,
    )
    Question.objects.filter(code__in=fresh).update(exposures=F("exposures") + 1)
    return len(fresh)


@transaction.atomic
def exposures_withdraw(*, codes: Iterable[str], application_ref: str) -> int:
    """Takes back exposures of questions that the candidate will not see after all.

    Returns:
        How many there were.
    """
    rows = Exposure.objects.filter(application_ref=application_ref, question_code__in=list(codes))
    known = list(rows.values_list("question_code", flat=True))
    rows.delete()
    Question.objects.filter(code__in=known, exposures__gt=0).update(exposures=F("exposures") - 1)
    return len(known)


def newest_revisions() -> dict[str, Question]:
    """The newest revision of every question, by code."""
    newest: dict[str, Question] = {}
    for row in Question.objects.order_by("code", "-revision"):
        newest.setdefault(row.code, row)
    return newest


def _row(
    question: EngineQuestion, document: dict[str, Any], sha256: str, at: dt.datetime
) -> Question:
    indicators = " ".join(question.indicators)
    return Question(
        code=question.id,
        kind=question.kind,
        dimension=question.dimension,
        industry=question.industry,
        level=question.level,
        difficulty=question.difficulty,
        minutes=question.minutes,
        title=question.title.zh[:200],
        title_en=question.title.en[:200],
        family=question.family[:60],
        indicators=f" {indicators} "[:300],
        words=_words(question),
        document=document,
        sha256=sha256,
        created_at=at,
    )


def _words(question: EngineQuestion) -> str:
    """What a search looks through: id, titles, texts, key points, concepts, in both languages."""
    parts = [question.id, *question.concepts]
    texts = [question.title, question.text, *(p.text for p in question.rubric.key_points)]
    if question.material:
        texts.append(question.material.title)
    for text in texts:
        parts += [text.zh, text.en]
    return "\n".join(parts).lower()


def _about(folder: Path) -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load((folder / "problem.yaml").read_text("utf-8")))


def _languages(package: Package) -> list[str]:
    if package.extension.kind == "sql":
        return ["sql"]
    return [language for language in package.languages if language != "sql"]


def _minutes(package: Package) -> int:
    return {"sql": 20, "ml": 50}.get(package.extension.kind, 35)


def _log(
    actor: Actor,
    question: Question,
    action: str,
    *,
    before: Any = None,
    detail: dict[str, Any] | None = None,
) -> None:
    audit_record(
        actor,
        action,
        object_type="question",
        object_ref=question.ref,
        before=before,
        after=question.sha256,
        detail={"code": question.code, "revision": question.revision} | (detail or {}),
    )

"""Gathers the facts of one report: everything a sentence of it may rest on, and nothing else."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from touchstone import __version__
from touchstone.assessments.models import EXERCISES, Attempt, AttemptItem, Submission
from touchstone.engine.grading.exercise_loading import built_in_exercises
from touchstone.engine.reporting.scores import INTERVIEW_SHARE, Overall, Scored, combine
from touchstone.evaluation.models import DepartmentEvaluation, Scorecard
from touchstone.evaluation.services.report_evidence import (
    Piece,
    exercise_pieces,
    gap_piece,
    heard_pieces,
    item_pieces,
    note_pieces,
    resume_pieces,
    score_pieces,
    view_pieces,
)
from touchstone.evaluation.services.round_context import RoundContext, indicator_interval
from touchstone.interviews.models import Interview, PointMark, RoomNote
from touchstone.library.models import Problem, Question
from touchstone.recruiting.models import Application

SCHEMA = 1
KIND_TITLES = {
    "coding": {"zh": "编程题", "en": "Programming"},
    "case": {"zh": "项目案例", "en": "Project case"},
    "scenario": {"zh": "情景题", "en": "Scenario"},
    "communication": {"zh": "沟通题", "en": "Communication"},
    "learning": {"zh": "快速学习", "en": "Quick learning"},
    "labelling": {"zh": "标注样题", "en": "Labelling sample"},
    "bad_case": {"zh": "坏例分析", "en": "Bad-case analysis"},
    "prompt_repair": {"zh": "修提示词", "en": "Prompt repair"},
}
Facts = dict[str, Any]


def report_facts(application: Application, context: RoundContext) -> Facts:
    """The facts of the application's report as JSON values; scores rounded to two decimals."""
    names = {i["id"]: i["name"] for d in context.dimensions for i in d["indicators"]}
    dimension_of = {i["id"]: d["id"] for d in context.dimensions for i in d["indicators"]}
    cards = _cards(application)
    assessment, test_pieces = _assessment(application)
    departments = _departments(application, cards)
    measured = context.measures(application.ref, (assessment or {}).get("scores", {}))
    overall = combine(measured, context.covariance(application.ref))
    indicators = _indicators(context, cards)
    evidence: list[Piece] = [
        *resume_pieces(application, dimension_of),
        *test_pieces,
        *score_pieces(cards, names),
        *note_pieces(_notes(application), dimension_of),
        *heard_pieces(_heard(application), dimension_of),
        *view_pieces(departments),
    ]
    evidence += _gaps(indicators, evidence)
    for row in indicators:
        row["evidence"] = [e["id"] for e in evidence if e["indicator"] == row["id"]]
    return {
        "schema": SCHEMA,
        "engine": __version__,
        "basic": _basic(application),
        "model": _model(context),
        "rule": {"interview_share": INTERVIEW_SHARE, "indicator_sd": _two(context.indicator_sd)},
        "scores": {
            "raw": _two(overall.raw),
            "fair": _two(overall.fair),
            "ci": _pair(overall.ci),
            "missing": list(overall.missing),
            "dimensions": [
                _dimension_row(row, scored, known, evidence)
                for row, scored, known in zip(
                    context.dimensions, overall.dimensions, measured, strict=True
                )
            ],
            "indicators": indicators,
        },
        "round": _round(application.ref, context),
        "past": {"n": context.past_n, "means": context.past},
        "raters": [_rater(card, context) for card in cards],
        "departments": departments,
        "assessment": assessment,
        "screening": _screening(application),
        "evidence": evidence,
        "process": _process(application, cards),
        "calibration": _calibration(context),
    }


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2) + 0.0


def _pair(ci: tuple[float, float] | None) -> list[float | None] | None:
    return None if ci is None else [_two(ci[0]), _two(ci[1])]


def _basic(application: Application) -> dict[str, Any]:
    parsed = application.resume.parsed if application.resume else {}
    position = application.position
    return {
        "name": application.candidate.name,
        "ref": application.ref,
        "position": position.title,
        "position_en": position.title_en,
        "branch": position.branch.name,
        "branch_en": position.branch.both["en"],
        "department": position.department.name,
        "department_en": position.department.both["en"],
        "applied_at": application.applied_at.isoformat(),
        "source": application.source,
        "highest_degree": parsed.get("highest_degree") or "",
        "years_experience": parsed.get("years_experience"),
        "latest_title": parsed.get("latest_title") or "",
        "latest_company": parsed.get("latest_company") or "",
        "skills": list(parsed.get("skills") or [])[:24],
        "claims": [
            {k: c.get(k) for k in ("quote", "metric", "direction", "value", "unit")}
            for c in (parsed.get("claims") or [])[:12]
        ],
        "resume_flags": list(application.resume.flags if application.resume else []),
    }


def _model(context: RoundContext) -> dict[str, Any]:
    version = context.position.model_version
    return {
        "number": version.number if version else None,
        "sha256": version.sha256 if version else "",
        "dimensions": [{k: d[k] for k in ("id", "name", "weight")} for d in context.dimensions],
    }


def _dimension_row(
    dimension: Mapping[str, Any], scored: Scored, known: Any, evidence: Sequence[Piece]
) -> dict[str, Any]:
    interview = None
    if known.fair is not None:
        interview = {"raw": known.raw, "fair": known.fair, "variance": known.variance}
    return {
        "id": dimension["id"],
        "name": dimension["name"],
        "weight": dimension["weight"],
        "raw": _two(scored.raw),
        "fair": _two(scored.fair),
        "ci": _pair(scored.ci),
        "n": known.n,
        "interview": interview,
        "assessment": _two(known.assessment),
        "evidence": [e["id"] for e in evidence if e["dimension"] == dimension["id"]],
    }


def _cards(application: Application) -> list[Scorecard]:
    return list(
        Scorecard.objects.filter(
            interview__application=application,
            status=Scorecard.Status.SUBMITTED,
            counts=True,
        )
        .exclude(interview__status=Interview.Status.CANCELLED)
        .select_related("rater", "department", "interview")
        .prefetch_related("scores")
        .order_by("submitted_at", "pk")
    )


def _notes(application: Application) -> list[RoomNote]:
    return list(
        RoomNote.objects.filter(interview__application=application, private=False, deleted_at=None)
        .exclude(text="")
        .select_related("author", "interview")
    )


def _heard(application: Application) -> list[PointMark]:
    return list(
        PointMark.objects.filter(interview__application=application)
        .exclude(quote="")
        .exclude(interview__status=Interview.Status.CANCELLED)
        .select_related("person", "interview")
        .order_by("interview_id", "at_second", "pk")
    )


def _indicators(context: RoundContext, cards: Sequence[Scorecard]) -> list[dict[str, Any]]:
    """Raw and fair score of every indicator of the model: fair takes each rater's severity out,
    and is not shrunk."""
    given: dict[str, list[tuple[float, float]]] = defaultdict(list)
    unseen: dict[str, int] = defaultdict(int)
    for card in cards:
        severity = float(context.severities.get(card.rater.ref, {}).get("severity") or 0.0)
        for row in card.scores.all():
            if row.score is not None:
                given[row.indicator].append((float(row.score), severity))
            elif row.not_observed:
                unseen[row.indicator] += 1
    rows = []
    for dimension in context.dimensions:
        for indicator in dimension["indicators"]:
            scores = given.get(indicator["id"], [])
            raw = statistics.fmean(s for s, _ in scores) if scores else None
            fair = statistics.fmean(s + e for s, e in scores) if scores else None
            fair = None if fair is None else min(10.0, max(0.0, fair))
            ci = None if fair is None else indicator_interval(context, fair, len(scores))
            rows.append(
                {
                    **indicator,
                    "dimension": dimension["id"],
                    "raw": _two(raw),
                    "fair": _two(fair),
                    "ci": _pair(ci),
                    "n": len(scores),
                    "not_observed": unseen.get(indicator["id"], 0),
                }
            )
    return rows


def _gaps(indicators: Sequence[Mapping[str, Any]], evidence: Sequence[Piece]) -> list[Piece]:
    shown = {e["indicator"] for e in evidence}
    missing = [row for row in indicators if row["n"] == 0 and row["id"] not in shown]
    return [
        gap_piece(row["id"], row["name"], row["dimension"], number)
        for number, row in enumerate(missing, 1)
    ]


def _rater(card: Scorecard, context: RoundContext) -> dict[str, Any]:
    by_dimension: dict[str, list[float]] = defaultdict(list)
    rows = sorted(card.scores.all(), key=lambda row: row.pk)
    for row in rows:
        if row.score is not None:
            by_dimension[row.dimension].append(float(row.score))
    means = {d: _two(statistics.fmean(v)) for d, v in by_dimension.items()}
    row_of = context.severities.get(card.rater.ref, {})
    return {
        "ref": card.rater.ref,
        "name": card.rater.name,
        "title": card.rater.title,
        "department": card.department.name if card.department else "",
        "department_en": card.department.both["en"] if card.department else "",
        "department_ref": card.department.ref if card.department else "",
        "interview": card.interview.ref,
        "round": card.interview.round_no,
        "submitted_at": card.submitted_at.isoformat() if card.submitted_at else "",
        "summary": card.summary,
        "severity": row_of.get("severity"),
        "severity_ci": row_of.get("ci"),
        "n": row_of.get("n", 0),
        "mean": _two(statistics.fmean(m for m in means.values() if m is not None))
        if means
        else None,
        "dimensions": means,
        "scores": [
            {
                "indicator": row.indicator,
                "score": None if row.score is None else float(row.score),
                "not_observed": row.not_observed,
                "comment": row.comment,
            }
            for row in rows
        ],
    }


def _departments(application: Application, cards: Sequence[Scorecard]) -> list[dict[str, Any]]:
    """Every department that scored or wrote: its mean per dimension, its view."""
    means: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    known: dict[str, Any] = {}
    for card in cards:
        if card.department is None:
            continue
        known[card.department.ref] = card.department
        for row in card.scores.all():
            if row.score is not None:
                means[card.department.ref][row.dimension].append(float(row.score))
    views = {}
    for view in DepartmentEvaluation.objects.filter(
        application=application, submitted_at__isnull=False
    ).select_related("department", "author"):
        known[view.department.ref] = view.department
        views[view.department.ref] = view
    rows = []
    for ref, department in sorted(known.items(), key=lambda pair: pair[1].pk):
        own = views.get(ref)
        rows.append(
            {
                "ref": ref,
                "name": department.name,
                "name_en": department.both["en"],
                "kind": department.kind,
                "dimensions": {d: _two(statistics.fmean(v)) for d, v in means[ref].items()},
                "stance": own.stance if own else "",
                "text": own.text.strip() if own else "",
                "author": own.author.name if own else "",
                "submitted_at": own.submitted_at.isoformat() if own and own.submitted_at else "",
            }
        )
    return rows


def _assessment(application: Application) -> tuple[dict[str, Any] | None, list[Piece]]:
    attempt = (
        Attempt.objects.filter(application=application)
        .select_related("paper")
        .prefetch_related("items__item", "items__gradings__person", "signals")
        .first()
    )
    if attempt is None or attempt.submitted_at is None:
        return None, []
    items = sorted(attempt.items.all(), key=lambda item: item.item.order)
    titles = _titles(items)
    runs = _runs(items)
    rows, pieces = [], []
    for number, item in enumerate(items, 1):
        item.attempt = attempt
        raters = (g for g in item.gradings.all() if g.rater_kind in {"system", "person"})
        gradings = sorted(raters, key=lambda g: (g.rater_kind == "person", g.pk))
        graded = gradings[-1] if gradings else None
        title = titles.get(item.item.code) or KIND_TITLES[item.item.kind]
        own = item_pieces(item, number, title, graded, runs.get(item.pk))
        own += exercise_pieces(item, number, title, gradings)
        pieces += own
        result = graded.result if graded else {}
        rows.append(
            {
                "kind": item.item.kind,
                "code": item.item.code,
                "title": title,
                "dimension": item.item.dimension,
                "weight": item.item.weight,
                "score": _two(item.score),
                "by": graded.rater_kind if graded else ("judge" if item.pk in runs else ""),
                "needs_human": item.needs_human,
                "flags": list(result.get("flags", [])),
                "plausibility": result.get("plausibility", ""),
                "claims": [
                    {k: c.get(k) for k in ("text", "metric", "direction", "value", "unit")}
                    for c in result.get("claims", [])[:8]
                ],
                "follow_up": list(result.get("follow_up", []))[:4],
                "analysis": list(result.get("analysis") or result.get("reasons") or [])[:6],
                "learning": result.get("learning"),
                "evidence": [e["id"] for e in own],
            }
        )
    signals: dict[str, int] = defaultdict(int)
    for signal in attempt.signals.all():
        signals[signal.kind] += 1
    return {
        "score": _two(attempt.score),
        "scores": {d: _two(float(s)) for d, s in (attempt.scores or {}).items()},
        "submitted_at": attempt.submitted_at.isoformat(),
        "items": rows,
        "signals": dict(sorted(signals.items())),
    }, pieces


def _titles(items: Sequence[AttemptItem]) -> dict[str, dict[str, str]]:
    codes = [item.item.code for item in items]
    titles: dict[str, dict[str, str]] = {}
    for code, document in Question.objects.filter(code__in=codes).values_list("code", "document"):
        title = document.get("title") or {}
        if isinstance(title, Mapping):
            titles[code] = {"zh": title.get("zh", ""), "en": title.get("en", "")}
    for code, zh, en in Problem.objects.filter(code__in=codes).values_list(
        "code", "title", "title_en"
    ):
        titles[code] = {"zh": zh, "en": en or zh}
    for code in (item.item.code for item in items if item.item.kind in EXERCISES):
        exercise = built_in_exercises().get(code)
        if exercise is not None:
            titles[code] = {"zh": exercise.title.zh, "en": exercise.title.en}
    return titles


def _runs(items: Sequence[AttemptItem]) -> dict[int, Submission]:
    """The judged submission that counts for each task: the best, the first of equals."""
    best: dict[int, Submission] = {}
    rows = Submission.objects.filter(
        attempt_item__in=items, samples_only=False, status=Submission.Status.JUDGED
    ).order_by("created_at", "pk")
    for run in rows:
        held = best.get(run.attempt_item_id)
        if held is None or (run.score or 0) > (held.score or 0):
            best[run.attempt_item_id] = run
    return best


def _screening(application: Application) -> dict[str, Any] | None:
    screening = application.screening
    if screening is None:
        return None
    result = screening.result
    return {
        "score": _two(screening.score),
        "decision": screening.decision,
        "override": screening.override,
        "override_reason": screening.override_reason,
        "dimensions": {
            d: _two(float(row.get("score", 0))) for d, row in result.get("dimensions", {}).items()
        },
        "flags": list(result.get("flags", [])),
        "receipt": result.get("receipt", {}),
    }


def _round(own_ref: str, context: RoundContext) -> dict[str, Any]:
    """The other candidates of the round, without a name, in the order of their scores."""
    others: list[Overall] = sorted(
        (o for ref, o in context.overall.items() if ref != own_ref and o.fair is not None),
        key=lambda o: (-(o.fair or 0.0), o.raw or 0.0),
    )
    everybody = [o for o in context.overall.values() if o.fair is not None]
    means: dict[str, float | None] = {"overall": None}
    if everybody:
        means["overall"] = _two(statistics.fmean(o.fair or 0.0 for o in everybody))
    for index, dimension in enumerate(context.dimensions):
        scores = [score for o in everybody if (score := o.dimensions[index].fair) is not None]
        means[dimension["id"]] = _two(statistics.fmean(scores)) if scores else None
    return {
        "n": len(everybody),
        "overall": [_two(o.fair) for o in others],
        "intervals": [_pair(o.ci) for o in others],
        "vectors": [{d.id: _two(d.fair) for d in o.dimensions} for o in others],
        "means": means,
    }


def _process(application: Application, cards: Sequence[Scorecard]) -> dict[str, Any]:
    events = application.events.select_related("person").order_by("at", "id")
    return {
        "blind_first": application.position.blind_first,
        "human_only": application.human_only,
        "interviews": len({card.interview_id for card in cards}),
        "scorecards": len(cards),
        "events": [
            {
                "from": e.from_stage,
                "to": e.to_stage,
                "at": e.at.isoformat(),
                "by": e.person.name if e.person else "",
                "undo": e.undoes_id is not None,
            }
            for e in events
        ],
    }


def _calibration(context: RoundContext) -> dict[str, Any] | None:
    if context.run is None:
        return None
    result = context.run.result
    return {
        "run": context.run.ref,
        "input_sha256": context.run.input_sha256,
        "engine": context.run.engine,
        "connected": result["connected"],
        "agreement": result["agreement"],
        "warnings": result["warnings"],
        "departments": [
            {**row, "name": context.names.get(row["id"], row["id"])}
            for row in result["departments"]
        ],
    }

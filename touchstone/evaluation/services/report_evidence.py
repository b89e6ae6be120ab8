"""The pieces of evidence of a report, numbered, each with the place it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from touchstone.assessments.models import AttemptItem, Grading, TaskKind
from touchstone.common.messages import Message, say
from touchstone.engine.reporting.sentence import named
from touchstone.evaluation.models import Scorecard
from touchstone.evaluation.services.calibration import stored
from touchstone.interviews.models import PointMark, RoomNote
from touchstone.recruiting.models import Application

RESUME_LEVEL = {"result": 3, "used": 2, "listed": 1}
MOST_RESUME, MOST_QUOTES, MOST_NOTES, MOST_HEARD = 16, 3, 24, 12
LONG_QUOTE = 160

Piece = dict[str, Any]


def piece(
    id_: str,
    kind: str,
    level: int,
    source: str,
    *,
    quote: str = "",
    fact: Any = None,
    dimension: str = "",
    indicator: str = "",
    link: Sequence[Any] = (),
    lang: str = "",
    **source_args: Any,
) -> Piece:
    """One piece of evidence.

    Args:
        level: strength 0–4. source, source_args: a message of where it stands.
        link: name of the page, ref, and optionally a mark or second on it.
    """
    return {
        "id": id_,
        "kind": kind,
        "level": level,
        "quote": quote[:LONG_QUOTE],
        "fact": fact,
        "source": stored(say(source, **source_args)),
        "dimension": dimension,
        "indicator": indicator,
        "link": list(link),
        "lang": lang,
    }


def resume_pieces(application: Application, dimension_of: Mapping[str, str]) -> list[Piece]:
    """What screening found in the resume, the strongest first."""
    screening = application.screening
    if screening is None:
        return []
    found = [e for e in screening.result.get("evidence", []) if e.get("kind") in RESUME_LEVEL]
    found.sort(key=lambda e: (-abs(float(e.get("effect") or 0)), e.get("start", 0)))
    seen: set[str] = set()
    pieces: list[Piece] = []
    language = application.resume.language if application.resume else "zh"
    for row in found:
        if row["quote"] in seen or len(pieces) == MOST_RESUME:
            continue
        seen.add(row["quote"])
        indicator = row.get("indicator", "")
        pieces.append(
            piece(
                f"r{len(pieces) + 1}",
                "resume",
                RESUME_LEVEL[row["kind"]],
                "reporting.source_resume",
                quote=row["quote"],
                dimension=dimension_of.get(indicator, indicator.split(".")[0]),
                indicator=indicator,
                link=["application", application.ref, row.get("start", 0), row.get("end", 0)],
                lang=language,
            )
        )
    return pieces


def item_pieces(
    item: AttemptItem, number: int, title: Mapping[str, str], graded: Grading | None, run: Any
) -> list[Piece]:
    """What one task of the assessment shows: the verdict, or the sentences that earned points."""
    link = ["attempt", item.attempt.ref]
    base: dict[str, Any] = {"dimension": item.item.dimension, "link": link}
    score = None if item.score is None else round(item.score, 1)
    source = "reporting.source_assessment"
    words = say(
        "reporting.words", zh=title.get("zh", ""), en=title.get("en") or title.get("zh", "")
    )
    if item.item.kind == TaskKind.CODING:
        if run is None:
            fact = stored(say("reporting.fact_no_code"))
            return [piece(f"t{number}", "test", 0, source, fact=fact, title=words, **base)]
        tests = run.result.get("tests", [])
        passed = sum(1 for test in tests if test.get("verdict") == "AC")
        fact = stored(
            say(
                "reporting.fact_code",
                verdict=run.verdict,
                passed=passed,
                total=len(tests),
                score=score,
            )
        )
        return [piece(f"t{number}", "test", 4, source, fact=fact, title=words, **base)]
    fact = stored(say("reporting.fact_answer", score=score if score is not None else "–"))
    level = 3 if graded else 0
    pieces = [piece(f"t{number}", "answer", level, source, fact=fact, title=words, **base)]
    result = graded.result if graded else {}
    quotes = [e for e in result.get("evidence", []) if e.get("polarity") == "supports"]
    quotes = quotes or [
        {"quote": c["text"]} for c in result.get("claims", []) if c.get("own", True)
    ]
    for index, row in enumerate(quotes[:MOST_QUOTES], 1):
        pieces.append(
            piece(
                f"t{number}q{index}",
                "answer",
                3,
                source,
                quote=row["quote"],
                title=words,
                lang=str(result.get("lang", "")),
                **base,
            )
        )
    return pieces


def exercise_pieces(
    item: AttemptItem, number: int, title: Mapping[str, str], gradings: Sequence[Grading]
) -> list[Piece]:
    """How labels, groups or a prompt agree with gold, with n and an interval; the pace is told."""
    found = [g.result["exercise"] for g in gradings if "exercise" in g.result]
    if not found:
        return []
    row, measures = found[-1], found[-1]["measures"]
    said: list[Message] = []
    if row["form"] == "labelling":
        name = next(n for n in ("macro_f1", "span_f1", "box_f1") if n in measures)
        low, high = (_share(bound) for bound in row["interval"])
        said.append(
            say(
                f"reporting.fact_{name}",
                f1=_share(measures[name]),
                other=_share(measures.get("overlap_f1", 0.0)),
                kappa=f"{measures.get('kappa', 0.0):.2f}",
                right=row["right"],
                total=row["items"],
                low=low,
                high=high,
            )
        )
        noticed = sum(n["raised"] or bool(n["declared"]) for n in row["noticed"])
        said.append(say("reporting.fact_noticed", noticed=noticed, total=len(row["noticed"])))
        if row["per_minute"] is not None:
            said.append(say("reporting.fact_pace", pace=f"{row['per_minute']:.1f}"))
    elif row["form"] == "bad_case":
        said.append(
            say(
                "reporting.fact_bad_cases",
                f1=_share(measures["b_cubed_f1"]),
                right=row["right"],
                total=row["items"],
                order=f"{measures['ndcg']:.2f}",
            )
        )
    else:
        said.append(
            say(
                "reporting.fact_prompt",
                added=_share(measures["added"]),
                kept=_share(measures["kept"]),
                removed=_share(measures["removed"]),
            )
        )
    words = say(
        "reporting.words", zh=title.get("zh", ""), en=title.get("en") or title.get("zh", "")
    )
    return [
        piece(
            f"t{number}m{index}",
            "test",
            3,
            "reporting.source_assessment",
            fact=stored(message),
            title=words,
            dimension=item.item.dimension,
            link=["attempt", item.attempt.ref],
        )
        for index, message in enumerate(said, 1)
    ]


def _share(value: float) -> str:
    return f"{100 * value:.1f}%"


def score_pieces(cards: Sequence[Scorecard], names: Mapping[str, Mapping[str, str]]) -> list[Piece]:
    """One piece for every indicator somebody scored, with their comment where they wrote one."""
    pieces: list[Piece] = []
    for card in cards:
        interview = card.interview
        for row in card.scores.all():
            if row.score is None:
                continue
            name = names.get(row.indicator) or {"zh": row.indicator, "en": row.indicator}
            indicator = say("reporting.words", **name)
            fact = stored(
                say(
                    "reporting.fact_score_comment" if row.comment else "reporting.fact_score",
                    indicator=indicator,
                    score=f"{float(row.score):g}",
                    comment=row.comment[:LONG_QUOTE],
                )
            )
            pieces.append(
                piece(
                    f"s{len(pieces) + 1}",
                    "score",
                    3 if row.comment else 2,
                    "reporting.source_score",
                    fact=fact,
                    dimension=row.dimension,
                    indicator=row.indicator,
                    link=["room", interview.ref],
                    rater=card.rater.name,
                    department=named(card.department.both) if card.department else "",
                )
            )
            pieces[-1]["rater"] = card.rater.ref
    return pieces


def note_pieces(notes: Sequence[RoomNote], dimension_of: Mapping[str, str]) -> list[Piece]:
    """What the panel wrote down while it listened; private notes never enter a report."""
    pieces: list[Piece] = []
    for note in notes[:MOST_NOTES]:
        pieces.append(
            piece(
                f"n{len(pieces) + 1}",
                "note",
                2,
                "reporting.source_note",
                quote=note.text.strip(),
                dimension=dimension_of.get(note.indicator, ""),
                indicator=note.indicator,
                link=["room", note.interview.ref, note.at_second or 0, note.client_key],
                author=note.author.name,
                at=_clock(note.at_second),
            )
        )
    return pieces


def heard_pieces(marks: Sequence[PointMark], dimension_of: Mapping[str, str]) -> list[Piece]:
    """Key points that panel members confirmed in the recording, each with the words said."""
    by_point: dict[tuple[int, str, str], list[PointMark]] = {}
    for mark in marks:
        by_point.setdefault((mark.interview_id, mark.question_code, mark.point), []).append(mark)
    pieces: list[Piece] = []
    for (_interview, code, point), said in list(by_point.items())[:MOST_HEARD]:
        first = said[0]
        rows = first.interview.kit.get("questions", ())
        question: Mapping[str, Any] = next((row for row in rows if str(row["code"]) == code), {})
        points = question.get("rubric", {}).get("key_points", ())
        text = next((p["text"] for p in points if str(p["id"]) == point), {"zh": "", "en": ""})
        indicator = next(iter(question.get("indicators", ())), "")
        pieces.append(
            piece(
                f"h{len(pieces) + 1}",
                "note",
                2,
                "reporting.source_heard",
                quote=first.quote,
                dimension=dimension_of.get(indicator, ""),
                indicator=indicator,
                link=["replay", first.interview.ref, first.at_second or 0],
                author="、".join(mark.person.name for mark in said),
                at=_clock(first.at_second),
                point=named(text),
            )
        )
    return pieces


def view_pieces(departments: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """The departments' written views."""
    return [
        piece(
            f"v{index}",
            "view",
            2,
            "reporting.source_view",
            quote=row["text"],
            department=named({"zh": row["name"], "en": row["name_en"]}),
            author=row["author"],
        )
        for index, row in enumerate((d for d in departments if d["text"]), 1)
    ]


def gap_piece(indicator: str, name: Mapping[str, str], dimension: str, number: int) -> Piece:
    """Where nothing was found: neither in the resume nor by anybody who talked with them."""
    fact = stored(say("reporting.fact_gap", indicator=say("reporting.words", **name)))
    return piece(
        f"g{number}",
        "gap",
        0,
        "reporting.source_gap",
        fact=fact,
        dimension=dimension,
        indicator=indicator,
    )


def _clock(second: int | None) -> str:
    minutes, rest = divmod(second or 0, 60)
    return f"{minutes:02}:{rest:02}"

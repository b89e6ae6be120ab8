"""Questions as rows of a table, one question a row, for people who keep their bank in a sheet.

Lists inside a cell (phrases, indicators, concepts) stand one a line. Key points are numbered:
``k1_zh``, ``k1_weight``, ``k1_accept_en`` …; misconceptions ``m1_…``, follow-ups ``f1_…``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Message, say
from touchstone.engine.questions.loading import parse_question, question_document
from touchstone.engine.questions.question import ANCHOR_SCORES, Question

MOST_POINTS, MOST_MISCONCEPTIONS, MOST_FOLLOW_UPS = 8, 4, 5
WHOLE = ("level", "difficulty", "minutes")
PLAIN = ("id", "dimension", "kind", "industry", "function", *WHOLE, "family")
LISTS = ("indicators", "concepts")
ALIASES = {
    "编号": "id",
    "题号": "id",
    "维度": "dimension",
    "题型": "kind",
    "类型": "kind",
    "行业": "industry",
    "职业功能": "function",
    "职业等级": "level",
    "级别": "level",
    "难度": "difficulty",
    "分钟": "minutes",
    "时长": "minutes",
    "族": "family",
    "指标": "indicators",
    "概念": "concepts",
    "标题": "title_zh",
    "英文标题": "title_en",
    "题目": "text_zh",
    "题干": "text_zh",
    "英文题目": "text_en",
    "满分": "max_score",
    "材料标题": "material_title_zh",
    "材料": "material_zh",
    "英文材料": "material_en",
}
_POINT = re.compile(r"^([kmf])(\d{1,2})_(.+)$")
_ANCHOR = re.compile(r"^anchor_?(\d{1,2})_(zh|en)$")
_LINES = re.compile(r"\n|；|;")


@dataclass(frozen=True, slots=True)
class TableReading:
    """What a table held: sound questions, and one message for each row that was not."""

    questions: tuple[Question, ...]
    problems: tuple[Message, ...]


def headings(questions: Sequence[Question]) -> list[str]:
    """The columns that these questions need, in order."""
    points = max((len(q.rubric.key_points) for q in questions), default=4)
    wrong = max((len(q.rubric.misconceptions) for q in questions), default=1)
    follow_ups = max((len(q.follow_ups) for q in questions), default=2)
    names = [*PLAIN, *LISTS, "title_zh", "title_en", "text_zh", "text_en", "max_score"]
    for n in range(1, points + 1):
        names += [f"k{n}_weight", f"k{n}_zh", f"k{n}_en", f"k{n}_accept_zh", f"k{n}_accept_en"]
        names += [f"k{n}_against_zh", f"k{n}_against_en"]
    for n in range(1, wrong + 1):
        names += [f"m{n}_penalty", f"m{n}_zh", f"m{n}_en", f"m{n}_accept_zh", f"m{n}_accept_en"]
    names += [f"anchor{score}_{lang}" for score in ANCHOR_SCORES for lang in ("zh", "en")]
    for n in range(1, follow_ups + 1):
        names += [f"f{n}_when", f"f{n}_zh", f"f{n}_en"]
    if any(q.material for q in questions):
        names += ["material_title_zh", "material_title_en", "material_zh", "material_en"]
    return names


def question_row(question: Question, columns: Sequence[str]) -> list[str]:
    """The question's cells under these columns."""
    document = question_document(question)
    cells: dict[str, str] = {}
    for name in PLAIN:
        cells[name] = str(document[name])
    for name in LISTS:
        cells[name] = "\n".join(document[name])
    for name in ("title", "text"):
        cells |= {f"{name}_{lang}": words for lang, words in document[name].items()}
    rubric = document["rubric"]
    cells["max_score"] = f"{rubric['max_score']:g}"
    for n, point in enumerate(rubric["key_points"], 1):
        cells[f"k{n}_weight"] = f"{point['weight']:g}"
        for lang in ("zh", "en"):
            cells[f"k{n}_{lang}"] = point["text"][lang]
            cells[f"k{n}_accept_{lang}"] = "\n".join(point["accept"][lang])
            cells[f"k{n}_against_{lang}"] = "\n".join(point["contradicted_by"][lang])
    for n, wrong in enumerate(rubric["misconceptions"], 1):
        cells[f"m{n}_penalty"] = f"{wrong['penalty']:g}"
        for lang in ("zh", "en"):
            cells[f"m{n}_{lang}"] = wrong["text"][lang]
            cells[f"m{n}_accept_{lang}"] = "\n".join(wrong["accept"][lang])
    for score, words in document["anchors"].items():
        cells |= {f"anchor{score}_{lang}": words[lang] for lang in ("zh", "en")}
    for n, follow_up in enumerate(document["follow_ups"], 1):
        cells |= {f"f{n}_{key}": follow_up[key] for key in ("when", "zh", "en")}
    if question.material:
        for lang in ("zh", "en"):
            cells[f"material_title_{lang}"] = document["material"]["title"][lang]
            cells[f"material_{lang}"] = document["material"]["text"][lang]
    return [cells.get(name, "") for name in columns]


def column_name(heading: str) -> str:
    """The column that a heading means, or an empty string."""
    plain = heading.strip().lower().replace(" ", "_")
    plain = ALIASES.get(heading.strip(), plain)
    known = plain in PLAIN or plain in LISTS or plain in ALIASES.values()
    known = known or plain in {"title_en", "text_en", "material_title_en"}
    return plain if known or _POINT.match(plain) or _ANCHOR.match(plain) else ""


def read_rows(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    source: str,
    numbers: Sequence[int] = (),
) -> TableReading:
    """Questions of a table's rows.

    Args:
        source: named in problems, with the row's number.
        numbers: what the file counts each of ``rows`` as; from 2 on where it is not said.

    Raises:
        InvalidInput: the table has no column for the id.
    """
    columns = [column_name(heading) for heading in headings]
    if "id" not in columns:
        raise InvalidInput(say("questions.no_id_column", where=source), field="file")
    found: dict[str, Question] = {}
    problems: list[Message] = []
    for number, row in zip(numbers or range(2, len(rows) + 2), rows, strict=True):
        cells = {c: _text(v) for c, v in zip(columns, row, strict=False) if c and _text(v)}
        if not cells:
            continue
        where = f"{source}:{number}"
        try:
            question = parse_question(_document(cells, where), source=where)
        except InvalidInput as error:
            problems.append(error.message)
            continue
        if question.id in found:
            problems.append(say("questions.duplicate_id", where=where, what=question.id))
            continue
        found[question.id] = question
    return TableReading(tuple(found.values()), tuple(problems))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value).strip()
    # What an export put before a cell that a spreadsheet would take for a formula.
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _document(cells: Mapping[str, str], where: str) -> dict[str, Any]:
    both = _Both(cells)
    document: dict[str, Any] = {name: cells.get(name, "") for name in PLAIN}
    for name in WHOLE:
        document[name] = _number(cells, name, where)
    for name in LISTS:
        document[name] = _lines(cells.get(name, ""))
    document |= {"title": both("title"), "text": both("text")}
    points: dict[str, list[dict[str, Any]]] = {"k": [], "m": [], "f": []}
    most = {"k": MOST_POINTS, "m": MOST_MISCONCEPTIONS, "f": MOST_FOLLOW_UPS}
    for kind, made in points.items():
        for n in range(1, most[kind] + 1):
            if any(name.startswith(f"{kind}{n}_") for name in cells):
                made.append(_numbered(cells, kind, n, where))
    document["rubric"] = {
        "max_score": _number(cells, "max_score", where) if "max_score" in cells else 10,
        "key_points": points["k"],
        "misconceptions": points["m"],
    }
    document["follow_ups"] = points["f"]
    document["anchors"] = {
        score: {lang: cells.get(f"anchor{score}_{lang}", "") for lang in ("zh", "en")}
        for score in ANCHOR_SCORES
    }
    if "material_zh" in cells or "material_en" in cells:
        document["material"] = {"title": both("material_title"), "text": both("material")}
    return document


def _numbered(cells: Mapping[str, str], kind: str, n: int, where: str) -> dict[str, Any]:
    """Key point, misconception or follow-up number ``n``."""

    def phrases(name: str) -> dict[str, list[str]]:
        return {lang: _lines(cells.get(f"{kind}{n}_{name}_{lang}", "")) for lang in ("zh", "en")}

    words = {lang: cells.get(f"{kind}{n}_{lang}", "") for lang in ("zh", "en")}
    if kind == "f":
        return {"when": cells.get(f"f{n}_when", "always")} | words
    entry: dict[str, Any] = {"id": f"{kind}{n}", "text": words, "accept": phrases("accept")}
    if kind == "k":
        weight = _number(cells, f"k{n}_weight", where)
        return entry | {"weight": weight, "contradicted_by": phrases("against")}
    return entry | {"penalty": _number(cells, f"m{n}_penalty", where)}


class _Both:
    """Cells ``name_zh`` and ``name_en`` as one field."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells

    def __call__(self, name: str) -> dict[str, str]:
        return {lang: self.cells.get(f"{name}_{lang}", "") for lang in ("zh", "en")}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in _LINES.split(text) if line.strip()]


def _number(cells: Mapping[str, str], name: str, where: str) -> int | float:
    text = cells.get(name, "")
    try:
        value = float(text)
    except ValueError as error:
        message = say("questions.not_a_number", where=where, what=f"{name} = {text!r}")
        raise InvalidInput(message, field=name) from error
    return int(value) if value == int(value) else value

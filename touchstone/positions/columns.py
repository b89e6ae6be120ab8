"""What the columns of a history file mean, and what their cells say."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from touchstone.common.messages import Message, say
from touchstone.engine.profiles.learning import OVERALL
from touchstone.positions.tables import Cell, Table

COLUMNS = Path(__file__).resolve().parents[1] / "content" / "history" / "columns.yaml"
SCORES = ("technical", "business", "communication", "learning")
FACTS = ("years_experience", "training_projects")
OUTCOMES = ("projects_delivered", "model_improvement", "review")
FIELDS = (
    "key",
    "name",
    "phone",
    "email",
    "round_name",
    "year_month",
    "features",
    "resume_text",
    *FACTS,
    *SCORES,
    OVERALL,
    "hired",
    *OUTCOMES,
)
NUMBERS = frozenset({*FACTS, *SCORES, OVERALL, *OUTCOMES})
_BARE = re.compile(r"[\s（）()【】\[\]：:/_*＊-]+")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_MONTH = re.compile(r"(?P<year>(?:19|20)\d\d)\s*[-./年]?\s*(?P<month>1[0-2]|0?[1-9])?")
_ENGLISH_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[-\s,/]*((?:20)?\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPLIT = re.compile(r"[;；、,，|\n]+")  # not the slash: A/B 测试 is one thing
_YES = {"是", "y", "yes", "1", "true", "t", "√", "✓", "录用", "已录用", "入职", "已入职", "通过"}
_YES |= {"hired", "offer", "offered", "accepted", "onboard", "joined", "在职", "同意录用"}
_NO = {"否", "n", "no", "0", "false", "f", "×", "x", "未录用", "不录用", "淘汰", "未通过", "拒绝"}
_NO |= {"rejected", "reject", "declined", "未入职", "不通过", "放弃", "not hired", "failed"}
_GRADES = {"优秀": 9.0, "优": 9.0, "良好": 7.5, "良": 7.5, "合格": 6.0, "中": 6.0, "一般": 5.0}
_GRADES |= {"待改进": 4.0, "差": 3.0, "不合格": 3.0, "s": 10.0, "a": 9.0, "b": 7.5, "c": 6.0}
_GRADES |= {"d": 4.0, "excellent": 9.0, "good": 7.5, "fair": 6.0, "poor": 3.0}
_SUMS = {"合计", "总计", "小计", "共计", "平均", "平均值", "均值", "汇总", "最大值", "最小值"}
_SUMS |= {"total", "subtotal", "sum", "average"}
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000  # days since 1900: from 1954 to 2064


@functools.cache
def _names() -> dict[str, tuple[str, ...]]:
    with COLUMNS.open("rb") as file:
        loaded: dict[str, list[str]] = yaml.safe_load(file)
    return {name: tuple(bare(str(word)) for word in words) for name, words in loaded.items()}


def bare(heading: str) -> str:
    """A heading as it is compared."""
    return _BARE.sub("", unicodedata.normalize("NFKC", heading)).casefold()


def is_known(heading: str) -> bool:
    """Whether the heading is one of those we know."""
    words = bare(heading)
    return any(words in names for names in _names().values())


def guess_mapping(table: Table) -> dict[str, str]:
    """Which heading each field is probably under; a heading serves one field.

    The same word wins over a word inside the heading, a longer one over a shorter one; a column is
    taken for nothing that most of its cells cannot be read as.
    """
    ranked: list[tuple[int, int, int, str, str]] = []
    for order, name in enumerate(FIELDS):
        for place, heading in enumerate(table.headings):
            fit = _fit(name, heading)
            if fit and _reads_as(name, table, place):
                ranked.append((-fit, order, place, name, heading))
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for *_rank, name, heading in sorted(ranked):
        if name not in mapping and heading not in taken:
            mapping[name] = heading
            taken.add(heading)
    return {name: mapping[name] for name in FIELDS if name in mapping}


def _fit(name: str, heading: str) -> int:
    words = bare(heading)
    best = 0
    for known in _names()[name]:
        if words == known:
            best = max(best, 1000 + len(known))
        elif len(known) >= 2 and known in words and not (known.isascii() and len(known) < 4):
            best = max(best, 10 * len(known) - len(words) + 100)
    return best


def _reads_as(name: str, table: Table, column: int) -> bool:
    """Whether at least half of a column's first cells can be what the field holds."""
    cells = [row[column] for row in table.rows[:200] if row[column] is not None]
    return not cells or 2 * sum(_can_be(name, cell) for cell in cells) >= len(cells)


def _can_be(name: str, cell: Cell) -> bool:
    if name in NUMBERS:
        return number_of(cell) is not None
    if name == "hired":
        return truth_of(cell) is not None
    if name == "year_month":
        return bool(month_of(cell))
    return name != "email" or "@" in text_of(cell)


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read in one row; ``row`` is the file's own number, 0 for the whole file.

    ``column`` is the heading it stands under, where it is one cell's.
    """

    row: int
    field: str
    message: Message
    column: str = ""


@dataclass(slots=True)
class PastRow:
    """One row as read; the person is a pseudonym."""

    key: str
    round_name: str
    year_month: str = ""
    features: tuple[str, ...] = ()
    facts: dict[str, float] = field(default_factory=dict)
    resume_text: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    hired: bool = False
    outcomes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadHistory:
    """The rows, what could not be read, and by what each score column was multiplied."""

    rows: tuple[PastRow, ...]
    problems: tuple[Problem, ...]
    factors: Mapping[str, float]


def read_history(table: Table, mapping: Mapping[str, str], round_name: str) -> ReadHistory:
    """The rows under a mapping of field → heading.

    A person without number gets a pseudonym from name, phone and e-mail, which are not kept.
    Ratings on other scales are brought to 0–10 by what the column's values show. Rows of sums
    and averages are left out.

    Args:
        round_name: where the file names no round.
    """
    places = {
        name: table.headings.index(heading)
        for name, heading in mapping.items()
        if name in FIELDS and heading in table.headings
    }
    problems: list[Problem] = []
    factors = {
        name: _factor(number_of(row[places[name]]) for row in table.rows)
        for name in (*SCORES, OVERALL, "review")
        if name in places
    }
    phones = [text_of(row[places["phone"]]) for row in table.rows] if "phone" in places else []
    if any(_SCIENTIFIC.match(phone) for phone in phones):
        problems.append(Problem(0, "phone", say("positions.phone_lost_digits")))
    rows: list[PastRow] = []
    seen: set[tuple[str, str]] = set()
    for number, cells in zip(table.numbers, table.rows, strict=True):
        if _is_sum(cells):
            problems.append(Problem(number, "", say("positions.row_of_sums", word=_first(cells))))
            continue
        unread: list[Problem] = []
        row = _row(cells, places, factors, round_name, number, unread)
        problems += [replace(p, column=mapping.get(p.field, "")) for p in unread]
        if (row.key, row.round_name) in seen:
            problems.append(Problem(number, "key", say("positions.row_twice", key=row.key)))
            continue
        seen.add((row.key, row.round_name))
        rows.append(row)
    return ReadHistory(tuple(rows), tuple(problems), factors)


def _first(cells: Sequence[Cell]) -> str:
    return next((text_of(cell) for cell in cells if cell is not None), "")


def _is_sum(cells: Sequence[Cell]) -> bool:
    """Whether a row sums up the others: it begins with such a word, and all else are numbers."""
    said = [cell for cell in cells if cell is not None]
    words = [text_of(cell).strip(" :：").casefold() for cell in said]
    return words[0] in _SUMS and all(
        word in _SUMS or number_of(cell) is not None for word, cell in zip(words, said, strict=True)
    )


def _row(
    cells: Sequence[Cell],
    places: Mapping[str, int],
    factors: Mapping[str, float],
    round_name: str,
    number: int,
    problems: list[Problem],
) -> PastRow:
    def cell(name: str) -> Cell:
        return cells[places[name]] if name in places else None

    def read_number(name: str) -> float | None:
        value = number_of(cell(name))
        if value is None and cell(name) is not None:
            problems.append(_unread(number, name, cell(name)))
        return None if value is None else round(value * factors.get(name, 1.0), 4)

    month = month_of(cell("year_month"))
    if not month and cell("year_month") is not None:
        problems.append(_unread(number, "year_month", cell("year_month")))
    hired = truth_of(cell("hired"))
    if hired is None and cell("hired") is not None:
        problems.append(_unread(number, "hired", cell("hired")))
    outcomes = {name: v for name in OUTCOMES if (v := read_number(name)) is not None}
    return PastRow(
        key=_key(cell, number),
        round_name=(text_of(cell("round_name")) or round_name)[:80],
        year_month=month,
        features=words_of(cell("features")),
        facts={name: v for name in FACTS if (v := read_number(name)) is not None},
        resume_text=text_of(cell("resume_text")),
        scores={name: v for name in (*SCORES, OVERALL) if (v := read_number(name)) is not None},
        hired=bool(outcomes) if hired is None else hired,
        outcomes=outcomes,
    )


def _unread(row: int, name: str, cell: Cell) -> Problem:
    return Problem(row, name, say("positions.cell_unread", value=text_of(cell)[:40]))


def _key(cell: Callable[[str], Cell], number: int) -> str:
    """The person's number, else a pseudonym; a name alone is told apart by the resume as well."""
    if text_of(cell("key")):
        return text_of(cell("key"))[:80]
    phone, email = text_of(cell("phone")), text_of(cell("email")).casefold()
    contact = ("" if _SCIENTIFIC.match(phone) else phone) + email
    who = text_of(cell("name")) + (contact or text_of(cell("resume_text")))
    if not who:
        return f"#{number}"
    return "P-" + hashlib.sha256(who.encode()).hexdigest()[:12]


def _factor(values: Iterable[float | None]) -> float:
    """What brings a column to 0–10: 0.1 for one out of 100, 2 for one out of 5, else 1."""
    known = [value for value in values if value is not None]
    if not known:
        return 1.0
    if max(known) > 10:
        return 0.1
    five = len(known) >= 10 and max(known) == 5 and min(known) >= 1
    return 2.0 if five and all(value == int(value) for value in known) else 1.0


def text_of(cell: Cell) -> str:
    """A cell as words: whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return cell


def number_of(cell: Cell) -> float | None:
    """A number: 12.5, "12.5%", "3 个", "８．５", or a grade such as 良好 or B; None without one."""
    if cell is None or isinstance(cell, dt.datetime):
        return None
    if isinstance(cell, float):
        return cell
    words = unicodedata.normalize("NFKC", cell).strip().replace(",", "")
    if words.casefold() in _GRADES:
        return _GRADES[words.casefold()]
    found = _NUMBER.findall(words)
    return float(found[0]) if len(found) == 1 else None


def month_of(cell: Cell) -> str:
    """A month as YYYY-MM, or a year: from dates, 2025年3月, 202503, Mar-25, Excel's day counts."""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m}"
    if isinstance(cell, float) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return f"{dt.date(1899, 12, 30) + dt.timedelta(days=int(cell)):%Y-%m}"
    words = unicodedata.normalize("NFKC", text_of(cell)).strip()
    if words.isdigit() and len(words) == 5:
        return month_of(float(words))
    english = _ENGLISH_MONTH.search(words)
    if english and english[1].lower() in _MONTHS:
        year = english[2] if len(english[2]) == 4 else f"20{english[2]}"
        return f"{year}-{_MONTHS.index(english[1].lower()) + 1:02d}"
    found = _MONTH.search(words)
    if not found:
        return ""
    return f"{found['year']}-{int(found['month']):02d}" if found["month"] else found["year"]


def truth_of(cell: Cell) -> bool | None:
    """Yes or no; None where it says neither."""
    words = unicodedata.normalize("NFKC", text_of(cell)).strip().casefold()
    if words in _YES:
        return True
    return False if words in _NO else None


def words_of(cell: Cell) -> tuple[str, ...]:
    """The items of a list in one cell, each once."""
    items = (" ".join(item.split())[:60] for item in _SPLIT.split(text_of(cell)))
    return tuple(dict.fromkeys(item for item in items if item))


def sample(table: Table, heading: str, most: int = 3) -> list[str]:
    """The first different values of a column, to show."""
    place = table.headings.index(heading)
    values = dict.fromkeys(text_of(row[place])[:60] for row in table.rows[:100] if row[place])
    return list(values)[:most]


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as it is stored."""
    message = {"id": problem.message.id, "args": dict(problem.message.args)}
    return {
        "row": problem.row,
        "field": problem.field,
        "column": problem.column,
        "message": message,
    }


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """Problems of one kind in one column; alone where a message stands for itself.

    Attributes:
        column: the heading, "" where it is not about one column.
        rows: the file's numbers of its rows, in order; none for the whole file.
        values: the different cells that could not be read, in order.
    """

    column: str
    message: Mapping[str, Any]
    rows: tuple[int, ...]
    values: tuple[str, ...]


def problem_groups(documents: Iterable[Mapping[str, Any]]) -> list[ProblemGroup]:
    """Stored problems with the unread cells of each column together, in order of appearance."""
    groups: dict[object, list[Mapping[str, Any]]] = {}
    for number, document in enumerate(documents):
        column = document.get("column") or ""
        alike = column and document["message"]["id"] == "positions.cell_unread"
        groups.setdefault(column if alike else number, []).append(document)
    return [
        ProblemGroup(
            column=of[0].get("column") or "",
            message=of[0]["message"],
            rows=tuple(d["row"] for d in of if d["row"]),
            values=tuple(dict.fromkeys(str(d["message"]["args"].get("value", "")) for d in of)),
        )
        for of in groups.values()
    ]

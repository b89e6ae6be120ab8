"""A labelling sample: how well labels, spans or boxes agree with gold, and what was asked.

    quality = macro F1                               classes
            = (exact span F1 + overlapping F1) / 2   spans, over all texts
            = F1 of boxes at IoU ≥ 0.5               boxes, over all pictures
    score   = 10 · (0.7 · quality + 0.3 · share of the guideline's ambiguities that were noticed)

Sources of the measures: `agreement`. An ambiguity is noticed when a note asks about it (its
phrases, both labels named on an item it touches, or the rubric grader's credit of at least one
half) or declares a reading of it. Items that an ambiguity touches accept every reading that was
asked about or declared; without that, the guideline's default reading is gold. The pace is told,
never scored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Lang
from touchstone.engine.grading.agreement import (
    Counts,
    class_counts,
    cohen_kappa,
    macro_f1,
    most_pairs,
    wilson,
)
from touchstone.engine.grading.exercise import MOST_MARKS, Ambiguity, Box, Exercise, LabelItem, Mark
from touchstone.engine.grading.grade import grade, point_matches
from touchstone.engine.grading.phrases import first_phrase, plain
from touchstone.engine.grading.rubrics import rubric_from_mapping

QUALITY, NOTICED = 0.7, 0.3
RAISED_FROM = 0.5
UNSURE = (0.35, 0.65)
COVERED = 0.4
"""Share of a phrase's words that a note must say before likeness in sense counts: with two
ambiguities, leading over the other alone says little."""
IOU = 0.5
LEAST_NOTE = 4
LEAST_COPY = 12
SMALLEST_BOX = 3
_MARK = re.compile(r"(\d{1,6})-(\d{1,6}):([\w.-]{1,40})")
_BOX = re.compile(r"(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5}):([\w.-]{1,40})")
_SENTENCES = re.compile(r"[^。！？!?\n]+[。！？!?\n]?")


@dataclass(frozen=True, slots=True)
class Note:
    """A question about the guideline: about one item, or about the whole (``item`` is "")."""

    item: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was said about one ambiguity.

    Attributes:
        credit: 0..1 for asking about it.
        declared: readings that a note declares.
        quotes: (start, end) in the notes' joined text.
    """

    ambiguity: str
    credit: float
    declared: tuple[str, ...]
    quotes: tuple[tuple[int, int], ...]

    @property
    def raised(self) -> bool:
        return self.credit >= RAISED_FROM

    @property
    def share(self) -> float:
        """What it counts for: a faint likeness is nothing."""
        return 1.0 if self.declared else self.credit if self.credit >= UNSURE[0] else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One item: what was given, what counts as gold for it, and whether they agree.

    Attributes:
        agrees: 0..1; for spans and boxes the F1 of the item.
        reading: whose gold it was compared with; "" where nothing is left open.
    """

    item: str
    given: str
    gold: str
    agrees: float
    ambiguity: str
    reading: str


@dataclass(frozen=True, slots=True)
class LabellingGrading:
    """A sample's measures with each item beside gold."""

    rows: tuple[Row, ...]
    noticed: tuple[Noticed, ...]
    quality: float
    measures: Mapping[str, float]
    classes: Mapping[str, Counts]
    right: int
    done: int
    interval: tuple[float, float]
    per_minute: float | None
    text: str
    unsure: bool

    @property
    def score(self) -> float:
        return score_of(self.quality, [n.share for n in self.noticed])


def score_of(quality: float, shares: Sequence[float]) -> float:
    """0..10, two decimals."""
    noticed = sum(shares) / len(shares) if shares else quality
    return round(10 * (QUALITY * quality + NOTICED * noticed), 2)


def grade_labelling(
    exercise: Exercise,
    variant: int,
    content: Mapping[str, str],
    lang: Lang = "zh",
    seconds: float | None = None,
    credits_by_person: Mapping[str, float] | None = None,
) -> LabellingGrading:
    """Measures one sample. Same sample and answer, same result.

    Args:
        content: form fields: ``i.<item>`` answers, ``q.<item>`` and ``questions`` notes.
        seconds: from the start of the task until it was handed in, for the pace.
        credits_by_person: a person's word on the ambiguities, in place of the machine's.
    """
    sample = exercise.sample(variant)
    notes, text = _notes(content, [item.id for item in sample.items])
    noticed, unsure = _noticed(exercise, variant, notes, lang)
    if credits_by_person is not None:
        noticed = tuple(
            Noticed(n.ambiguity, float(credits_by_person.get(n.ambiguity, n.credit)), (), n.quotes)
            for n in noticed
        )
        unsure = False
    known = {n.ambiguity: n for n in noticed}
    allowed = {a.id: _accepted(a, known[a.id]) for a in exercise.ambiguities}
    rows = [_row(exercise, item, content, lang, allowed) for item in sample.items]
    quality, measures, classes = _measures(exercise, rows)
    right = sum(row.agrees == 1 for row in rows)
    done = sum(bool(row.given) for row in rows)
    return LabellingGrading(
        rows=tuple(rows),
        noticed=noticed,
        quality=quality,
        measures={name: round(value, 4) for name, value in measures.items()},
        classes=classes,
        right=right,
        done=done,
        interval=wilson(right, len(rows)),
        per_minute=round(60 * done / seconds, 2) if seconds and seconds > 0 else None,
        text=text,
        unsure=unsure,
    )


def read_marks(value: str, length: int, labels: Sequence[str]) -> tuple[Mark, ...] | None:
    """Spans of a form field; None where it is not one: outside the text, unknown, too many."""
    marks: list[Mark] = []
    for part in value.split(";") if value else ():
        match = _MARK.fullmatch(part)
        if match is None:
            return None
        mark = Mark(match[3], int(match[1]), int(match[2]))
        if not 0 <= mark.start < mark.end <= length or mark.label not in labels:
            return None
        marks.append(mark)
    return tuple(marks) if len(set(marks)) == len(marks) <= MOST_MARKS else None


def read_boxes(
    value: str, width: int, height: int, labels: Sequence[str]
) -> tuple[Box, ...] | None:
    """Boxes of a form field; None where it is not one: outside the picture, unknown, too many."""
    boxes: list[Box] = []
    for part in value.split(";") if value else ():
        match = _BOX.fullmatch(part)
        if match is None:
            return None
        box = Box(match[5], *(int(match[n]) for n in range(1, 5)))
        inside = box.x + box.width <= width and box.y + box.height <= height
        small = min(box.width, box.height) < SMALLEST_BOX
        if not inside or small or box.label not in labels:
            return None
        boxes.append(box)
    return tuple(boxes) if len(set(boxes)) == len(boxes) <= MOST_MARKS else None


def is_answer(exercise: Exercise, item: LabelItem, value: str, lang: Lang) -> bool:
    """Whether a form field is an answer to the item; an empty one is."""
    labels = [label.id for label in exercise.labels]
    if exercise.form == "classes":
        return value in {"", *labels}
    if exercise.form == "spans":
        return read_marks(value, len(item.text.text(lang)), labels) is not None
    assert item.picture is not None
    return read_boxes(value, item.picture.width, item.picture.height, labels) is not None


def overlap_share(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    return both / (one.width * one.height + other.width * other.height - both)


def exact_spans(given: Sequence[Mark], gold: Sequence[Mark]) -> Counts:
    """Spans with the same bounds and the same label."""
    return Counts(len(set(given) & set(gold)), len(given), len(gold))


def overlapping_spans(given: Sequence[Mark], gold: Sequence[Mark]) -> Counts:
    """Spans of the same label that share at least one character, each used once."""

    def fits(one: int, other: int) -> bool:
        a, b = given[one], gold[other]
        return a.label == b.label and a.start < b.end and b.start < a.end

    return Counts(len(most_pairs(len(given), len(gold), fits)), len(given), len(gold))


def matched_boxes(given: Sequence[Box], gold: Sequence[Box]) -> Counts:
    """Boxes of the same label with at least half in common, each used once."""

    def fits(one: int, other: int) -> bool:
        a, b = given[one], gold[other]
        return a.label == b.label and overlap_share(a, b) >= IOU

    return Counts(len(most_pairs(len(given), len(gold), fits)), len(given), len(gold))


def _notes(content: Mapping[str, str], items: Sequence[str]) -> tuple[list[Note], str]:
    """The notes, and all of them as one text in which their quotes are counted."""
    notes: list[Note] = []
    text = ""
    for item, name in [("", "questions"), *((i, f"q.{i}") for i in items)]:
        written = content.get(name, "").strip()
        if len(written) < LEAST_NOTE:
            continue
        text += "\n" if text else ""
        notes.append(Note(item, written, len(text)))
        text += written
    return notes, text


def _own_words(text: str, guideline: str) -> str:
    """The note with sentences copied from the guideline blanked, letter for letter."""

    def keep(match: re.Match[str]) -> str:
        sentence = match[0]
        bare = re.sub(r"\s+", "", plain(sentence)).rstrip("。！？!?.")
        copied = len(bare) >= LEAST_COPY and bare in guideline
        return " " * len(sentence) if copied else sentence

    return _SENTENCES.sub(keep, text)


def _noticed(
    exercise: Exercise, variant: int, notes: Sequence[Note], lang: Lang
) -> tuple[tuple[Noticed, ...], bool]:
    """What the notes say about each ambiguity, and whether a person should look at it."""
    if not exercise.ambiguities:
        return (), False
    rubric = rubric_from_mapping(exercise.rubric_document(variant, lang))
    guideline = re.sub(r"\s+", "", plain(exercise.text.text(lang)))
    credits_: dict[str, float] = {a.id: 0.0 for a in exercise.ambiguities}
    declared: dict[str, set[str]] = {a.id: set() for a in exercise.ambiguities}
    quotes: dict[str, list[tuple[int, int]]] = {a.id: [] for a in exercise.ambiguities}
    unsure = False
    for note in notes:
        own = _own_words(note.text, guideline)
        if len(own.strip()) < LEAST_NOTE:
            continue
        graded = grade(rubric, own)
        covered = {
            point.id: max(match.features[:3])
            for point, match in zip(rubric.key_points, point_matches(rubric, own), strict=False)
        }
        unsure |= "prompt_injection" in graded.flags
        for ambiguity in exercise.ambiguities:
            found = first_phrase(ambiguity.accept.of(lang), own)
            if found is not None:
                credits_[ambiguity.id] = 1.0
                quotes[ambiguity.id].append((note.start + found.start, note.start + found.end))
            elif _names_both(exercise, variant, ambiguity, note, lang):
                credits_[ambiguity.id] = 1.0
                quotes[ambiguity.id].append((note.start, note.start + len(note.text)))
            else:
                said = covered.get(ambiguity.id, 0.0) >= COVERED
                credit = graded.points.get(ambiguity.id, 0.0) if said else 0.0
                if credit > credits_[ambiguity.id]:
                    credits_[ambiguity.id] = credit
                    quotes[ambiguity.id] += [
                        (note.start + e.start, note.start + e.end)
                        for e in graded.evidence
                        if e.point == ambiguity.id and e.polarity == "supports"
                    ]
            for reading in ambiguity.readings:
                told = first_phrase(reading.accept.of(lang), own)
                if told is not None:
                    declared[ambiguity.id].add(reading.id)
                    quotes[ambiguity.id].append((note.start + told.start, note.start + told.end))
    noticed = tuple(
        Noticed(
            a.id,
            round(credits_[a.id], 2),
            tuple(sorted(declared[a.id])),
            tuple(sorted(set(quotes[a.id]))),
        )
        for a in exercise.ambiguities
    )
    unsure |= any(UNSURE[0] <= n.credit <= UNSURE[1] and not n.declared for n in noticed)
    return noticed, unsure


def _names_both(
    exercise: Exercise, variant: int, ambiguity: Ambiguity, note: Note, lang: Lang
) -> bool:
    """A note on a touched item that names two of the labels its readings lead to."""
    item = exercise.sample(variant).item(note.item) if note.item else None
    if exercise.form != "classes" or item is None or item.ambiguity != ambiguity.id:
        return False
    names = {label.id: label.name.text(lang) for label in exercise.labels}
    possible = set(item.gold[lang].values())
    return sum(plain(names[label]) in plain(note.text) for label in possible) >= 2


def _accepted(ambiguity: Ambiguity, noticed: Noticed) -> tuple[str, ...]:
    """The readings that count as gold, the default first."""
    readings = [r.id for r in ambiguity.readings]
    if not noticed.raised:
        readings = [r for r in readings if r in noticed.declared or r == ambiguity.default]
    return tuple(sorted(readings, key=lambda r: r != ambiguity.default))


def _row(
    exercise: Exercise,
    item: LabelItem,
    content: Mapping[str, str],
    lang: Lang,
    allowed: Mapping[str, tuple[str, ...]],
) -> Row:
    """The item beside the accepted reading it agrees with best."""
    given = content.get(f"i.{item.id}", "")
    if not is_answer(exercise, item, given, lang):
        given = ""
    readings = allowed[item.ambiguity] if item.ambiguity else ("",)
    agree = _agreement(exercise, item, lang)
    best = max(readings, key=lambda r: agree(given, item.gold[lang][r]))
    gold = item.gold[lang][best]
    return Row(item.id, given, gold, round(agree(given, gold), 4), item.ambiguity, best)


def _agreement(exercise: Exercise, item: LabelItem, lang: Lang) -> Callable[[str, str], float]:
    if exercise.form == "classes":
        return lambda given, gold: float(given == gold)
    return lambda given, gold: _counts(exercise, item, given, gold, lang)[0].f1


def _counts(
    exercise: Exercise, item: LabelItem, given: str, gold: str, lang: Lang
) -> tuple[Counts, ...]:
    """Exact and overlapping counts of spans, or the one of boxes."""
    labels = [label.id for label in exercise.labels]
    if exercise.form == "spans":
        length = len(item.text.text(lang))
        mine, true = read_marks(given, length, labels) or (), read_marks(gold, length, labels) or ()
        return exact_spans(mine, true), overlapping_spans(mine, true)
    assert item.picture is not None
    size = item.picture.width, item.picture.height
    return (
        matched_boxes(
            read_boxes(given, *size, labels) or (), read_boxes(gold, *size, labels) or ()
        ),
    )


def _measures(
    exercise: Exercise, rows: Sequence[Row]
) -> tuple[float, dict[str, float], dict[str, Counts]]:
    if exercise.form == "classes":
        gold, given = [r.gold for r in rows], [r.given for r in rows]
        found = {"macro_f1": macro_f1(gold, given), "kappa": cohen_kappa(gold, given)}
        return found["macro_f1"], found, class_counts(gold, given)
    exact, loose, classes = _totals(exercise, rows)
    if exercise.form == "spans":
        found = {"span_f1": exact.f1, "overlap_f1": loose.f1}
        return (exact.f1 + loose.f1) / 2, found, classes
    return exact.f1, {"box_f1": exact.f1}, classes


def _totals(exercise: Exercise, rows: Sequence[Row]) -> tuple[Counts, Counts, dict[str, Counts]]:
    """Over all items: exact (or box) counts, overlapping counts, and exact counts per label."""
    exact = loose = Counts(0, 0, 0)
    per_label = {label.id: Counts(0, 0, 0) for label in exercise.labels}
    for row in rows:
        pairs = _pairs_of(exercise, row)
        exact += pairs[0]
        loose += pairs[-1]
        for label in per_label:
            one = _pairs_of(exercise, row, label)
            per_label[label] += one[0]
    return exact, loose, {name: c for name, c in per_label.items() if c.gold}


def _pairs_of(exercise: Exercise, row: Row, label: str = "") -> tuple[Counts, ...]:
    """Counts of one row, of one label where it is named; bounds were checked already."""

    def only(value: str) -> list[str]:
        parts = value.split(";") if value else []
        return [p for p in parts if not label or p.rpartition(":")[2] == label]

    if exercise.form == "spans":
        mine, true = ([_mark(p) for p in only(v)] for v in (row.given, row.gold))
        return exact_spans(mine, true), overlapping_spans(mine, true)
    given, gold = ([_box(p) for p in only(v)] for v in (row.given, row.gold))
    return (matched_boxes(given, gold),)


def _mark(part: str) -> Mark:
    bounds, _, label = part.rpartition(":")
    start, _, end = bounds.partition("-")
    return Mark(label, int(start), int(end))


def _box(part: str) -> Box:
    bounds, _, label = part.rpartition(":")
    x, y, width, height = (int(n) for n in bounds.split(","))
    return Box(label, x, y, width, height)


def labelling_row(grading: LabellingGrading) -> dict[str, Any]:
    """The measures as they are stored."""
    return {
        "form": "labelling",
        "quality": round(grading.quality, 4),
        "measures": dict(grading.measures),
        "classes": {
            name: {
                "precision": round(c.precision, 4),
                "recall": round(c.recall, 4),
                "f1": round(c.f1, 4),
                "given": c.given,
                "gold": c.gold,
            }
            for name, c in grading.classes.items()
        },
        "right": grading.right,
        "done": grading.done,
        "items": len(grading.rows),
        "interval": [round(bound, 4) for bound in grading.interval],
        "per_minute": grading.per_minute,
        "noticed": [
            {
                "id": n.ambiguity,
                "credit": n.credit,
                "declared": list(n.declared),
                "raised": n.raised,
            }
            for n in grading.noticed
        ],
        "rows": [
            {
                "item": r.item,
                "given": r.given,
                "gold": r.gold,
                "agrees": r.agrees,
                "ambiguity": r.ambiguity,
                "reading": r.reading,
            }
            for r in grading.rows
        ],
    }

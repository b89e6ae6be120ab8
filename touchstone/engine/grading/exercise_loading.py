"""Exercises from YAML: one file a set, refused with file, line and field when something is wrong.

The form of the files is in docs/assessments.md.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import yaml

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Bilingual, say
from touchstone.engine.grading.exercise import (
    BAD_CASE,
    FORMS,
    KINDS,
    LABELLING,
    TRAPS,
    Ambiguity,
    BadCase,
    Box,
    BrokenPrompt,
    CaseHeap,
    Demand,
    Exercise,
    Label,
    LabelItem,
    Mark,
    PromptCase,
    ReadingOf,
    RubricText,
    Sample,
    Trap,
    write_boxes,
    write_marks,
)
from touchstone.engine.grading.phrases import find_phrase, first_phrase
from touchstone.engine.grading.pictures import SCENES, picture
from touchstone.engine.grading.prompt_repair import trap_gone
from touchstone.engine.grading.rubrics import rubric_from_mapping
from touchstone.engine.questions.question import INDUSTRIES, Phrases

BUILT_IN = Path(__file__).resolve().parents[2] / "content" / "assessments"
FOLDERS = ("labelling", "bad_cases", "prompts")
LANGS = ("zh", "en")
VARIANTS = ("a", "b")
_MARKUP = re.compile(r"\[([^\[\]|]+)\|([\w.-]+)\]")
Path_ = tuple[str | int, ...]


@functools.cache
def built_in_exercises() -> Mapping[str, Exercise]:
    """The exercises that come with the product, by id."""
    return load_exercises(
        path for folder in FOLDERS for path in sorted((BUILT_IN / folder).glob("*.yaml"))
    )


def load_exercises(paths: Iterable[Path]) -> dict[str, Exercise]:
    """Reads files; ids are unique over all of them.

    Raises:
        InvalidInput: with file, line and reason.
    """
    found: dict[str, Exercise] = {}
    for path in paths:
        exercise = parse_exercise(path.read_bytes(), path.name)
        if exercise.id in found:
            raise InvalidInput(say("exercises.duplicate_id", where=path.name, what=exercise.id))
        found[exercise.id] = exercise
    return found


def parse_exercise(data: bytes, source: str) -> Exercise:
    """One file.

    Raises:
        InvalidInput: with file, line and reason.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(data.decode("utf-8"), Loader=loader)
        loaded = yaml.load(data, Loader=loader)  # noqa: S506 - safe loaders
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1 if mark else 1}"
        raise InvalidInput(say("exercises.not_yaml", where=where, what=str(error)[:200])) from error
    return _Reader(source, _lines(node), hashlib.sha256(data).hexdigest()).exercise(loaded)


def marked_text(text: str) -> tuple[str, tuple[Mark, ...]]:
    """``[Anna|person] called`` as plain text with its spans, counted in code points."""
    plain, marks, last = "", [], 0
    for match in _MARKUP.finditer(text):
        plain += text[last : match.start()]
        marks.append(Mark(match[2], len(plain), len(plain) + len(match[1])))
        plain += match[1]
        last = match.end()
    return plain + text[last:], tuple(marks)


def _lines(node: Any) -> dict[Path_, int]:
    """The line of every value, by its path of keys and positions."""
    lines: dict[Path_, int] = {}
    waiting: list[tuple[Path_, Any]] = [((), node)] if node else []
    while waiting:
        at, current = waiting.pop()
        lines[at] = current.start_mark.line + 1
        if isinstance(current, yaml.MappingNode):
            waiting += [((*at, str(key.value)), value) for key, value in current.value]
        elif isinstance(current, yaml.SequenceNode):
            waiting += [((*at, i), value) for i, value in enumerate(current.value)]
    return lines


class _Reader:
    """Reads one document and knows the line of each value."""

    def __init__(self, source: str, lines: Mapping[Path_, int], sha256: str) -> None:
        self.source, self.lines, self.sha256 = source, lines, sha256

    def refuse(self, name: str, at: Path_, what: str = "") -> NoReturn:
        known = at
        while known and known not in self.lines:
            known = known[:-1]
        where = f"{self.source}:{self.lines.get(known, 1)}"
        told = what or ".".join(str(part) for part in at)
        raise InvalidInput(say(f"exercises.{name}", where=where, what=told), field=told)

    def exercise(self, data: Any) -> Exercise:
        top = self.mapping(data, ())
        kind = self.choice(top, "kind", (), KINDS)
        labels = self.labels(top, "labels" if kind == LABELLING else "causes", kind)
        common: dict[str, Any] = {
            "id": self.text(top, "id", ()),
            "kind": kind,
            "industry": self.choice(top, "industry", (), INDUSTRIES),
            "minutes": self.whole(top, "minutes", (), 1, 600),
            "title": self.both(top, "title", ()),
            "text": self.both(top, "text", ()),
            "labels": labels,
            "sha256": self.sha256,
        }
        given = self.mapping(top.get("variants"), ("variants",))
        if sorted(given) != list(VARIANTS):
            self.refuse("two_variants", ("variants",), ", ".join(map(str, given)))
        known = {label.id for label in labels}
        if kind == LABELLING:
            return self.labelling(top, common, given, known)
        if kind == BAD_CASE:
            heaps = tuple(self.heap(given[v], ("variants", v), known) for v in VARIANTS)
            rubric = self.rubric(top, (), common["id"], common["text"])
            return Exercise(**common, heaps=heaps, rubric=rubric)
        prompts = tuple(self.broken(given[v], ("variants", v), common) for v in VARIANTS)
        return Exercise(**common, prompts=prompts)

    # Labelling ------------------------------------------------------------------------------

    def labelling(
        self, top: Mapping[str, Any], common: dict[str, Any], given: Any, known: set[str]
    ) -> Exercise:
        form = self.choice(top, "form", (), FORMS)
        ambiguities = self.many(top, "ambiguities", (), self.ambiguity)
        self.unique([a.id for a in ambiguities], ("ambiguities",))
        for number, ambiguity in enumerate(ambiguities):
            at: Path_ = ("ambiguities", number)
            for lang in LANGS:
                phrases = [*ambiguity.accept.of(lang)]
                phrases += [p for r in ambiguity.readings for p in r.accept.of(lang)]
                for phrase in phrases:
                    if find_phrase(phrase, common["text"].text(lang)):
                        self.refuse("phrase_in_text", at, phrase)
        by_id = {a.id: a for a in ambiguities}
        samples = tuple(
            self.sample(given[v], ("variants", v), form, known, by_id) for v in VARIANTS
        )
        return Exercise(**common, form=form, ambiguities=tuple(ambiguities), samples=samples)

    def ambiguity(self, data: Any, at: Path_) -> Ambiguity:
        entry = self.mapping(data, at)
        readings = tuple(self.many(entry, "readings", at, self.reading))
        default = self.text(entry, "default", at)
        if default not in {r.id for r in readings} or len(readings) < 2:
            self.refuse("unknown_name", (*at, "default"), default)
        return Ambiguity(
            self.text(entry, "id", at),
            self.both(entry, "text", at),
            self.phrases(entry, "accept", at),
            default,
            readings,
        )

    def reading(self, data: Any, at: Path_) -> ReadingOf:
        entry = self.mapping(data, at)
        return ReadingOf(
            self.text(entry, "id", at),
            self.both(entry, "text", at),
            self.phrases(entry, "accept", at),
        )

    def sample(
        self,
        data: Any,
        at: Path_,
        form: str,
        known: set[str],
        ambiguities: Mapping[str, Ambiguity],
    ) -> Sample:
        if not isinstance(data, list) or not data:
            self.refuse("not_a_list", at)
        items = tuple(
            self.item(entry, (*at, n), form, known, ambiguities) for n, entry in enumerate(data)
        )
        self.unique([item.id for item in items], at)
        unused = set(ambiguities) - {item.ambiguity for item in items}
        if unused:
            self.refuse("ambiguity_unused", at, ", ".join(sorted(unused)))
        return Sample(items)

    def item(
        self,
        data: Any,
        at: Path_,
        form: str,
        known: set[str],
        ambiguities: Mapping[str, Ambiguity],
    ) -> LabelItem:
        entry = self.mapping(data, at)
        name = self.text(entry, "id", at)
        ambiguity = str(entry.get("ambiguity", ""))
        if ambiguity and ambiguity not in ambiguities:
            self.refuse("unknown_name", (*at, "ambiguity"), ambiguity)
        readings = [r.id for r in ambiguities[ambiguity].readings] if ambiguity else [""]
        if form == "boxes":
            return self.drawn(entry, at, name, ambiguity, readings)
        if form == "classes":
            written = entry.get("label")
            gold = written if isinstance(written, dict) else {"": written}
            if sorted(map(str, gold)) != sorted(readings) or not set(gold.values()) <= known:
                self.refuse("unknown_name", (*at, "label"), str(written))
            per_language = {lang: {str(k): str(v) for k, v in gold.items()} for lang in LANGS}
            return LabelItem(name, per_language, self.both(entry, "", at), ambiguity=ambiguity)
        texts: dict[str, str] = {}
        spans: dict[str, dict[str, str]] = {}
        for lang in LANGS:
            texts[lang], spans[lang] = self.spans(entry.get(lang), (*at, lang), readings, known)
        return LabelItem(name, spans, Bilingual(**texts), ambiguity=ambiguity)

    def spans(
        self, written: Any, at: Path_, readings: Sequence[str], known: set[str]
    ) -> tuple[str, dict[str, str]]:
        """The plain text with the spans of each reading; all readings have the same text."""
        forms = written if isinstance(written, dict) else {"": written}
        if sorted(map(str, forms)) != sorted(readings):
            self.refuse("unknown_name", at, ", ".join(map(str, forms)))
        found: dict[str, str] = {}
        texts: set[str] = set()
        for reading, form in forms.items():
            if not isinstance(form, str) or not form.strip():
                self.refuse("missing", at)
            text, marks = marked_text(form)
            wrong = {mark.label for mark in marks} - known
            if wrong or "[" in text or "|" in text:
                self.refuse("unknown_name", at, ", ".join(sorted(wrong)) or text)
            texts.add(text)
            found[str(reading)] = write_marks(marks)
        if len(texts) != 1:
            self.refuse("texts_differ", at)
        return texts.pop(), found

    def drawn(
        self,
        entry: Mapping[str, Any],
        at: Path_,
        name: str,
        ambiguity: str,
        readings: Sequence[str],
    ) -> LabelItem:
        scene = self.choice(entry, "scene", at, tuple(SCENES))
        drawing = picture(scene, self.whole(entry, "seed", at, 0, 2**31), ambiguity)
        if sorted(drawing.boxes) != sorted(readings):
            self.refuse("unknown_name", at, ", ".join(drawing.boxes))
        gold = {
            reading: write_boxes(tuple(Box(label, *where) for label, where in boxes))
            for reading, boxes in drawing.boxes.items()
        }
        return LabelItem(name, dict.fromkeys(LANGS, gold), picture=drawing, ambiguity=ambiguity)

    # Bad cases ------------------------------------------------------------------------------

    def heap(self, data: Any, at: Path_, known: set[str]) -> CaseHeap:
        entry = self.mapping(data, at)
        cases = tuple(
            self.many(entry, "cases", at, lambda case, where: self.case(case, where, known))
        )
        self.unique([case.id for case in cases], (*at, "cases"))
        worth = self.mapping(entry.get("worth"), (*at, "worth"))
        if not set(worth) <= known:
            self.refuse("unknown_name", (*at, "worth"), ", ".join(set(worth) - known))
        return CaseHeap(cases, {str(k): self.number(worth, k, (*at, "worth")) for k in worth})

    def case(self, data: Any, at: Path_, known: set[str]) -> BadCase:
        entry = self.mapping(data, at)
        written = entry.get("cause")
        causes = tuple(map(str, written)) if isinstance(written, list) else (str(written),)
        if not set(causes) <= known:
            self.refuse("unknown_name", (*at, "cause"), str(written))
        return BadCase(
            self.text(entry, "id", at),
            self.both(entry, "given", at),
            self.both(entry, "context", at),
            self.both(entry, "output", at),
            causes,
        )

    # Prompts --------------------------------------------------------------------------------

    def broken(self, data: Any, at: Path_, common: Mapping[str, Any]) -> BrokenPrompt:
        entry = self.mapping(data, at)
        broken = BrokenPrompt(
            prompt=self.both(entry, "prompt", at),
            cases=tuple(self.many(entry, "cases", at, self.prompt_case)),
            add=tuple(self.many(entry, "add", at, self.demand)),
            keep=tuple(self.many(entry, "keep", at, self.demand)),
            traps=tuple(self.many(entry, "traps", at, self.trap)),
            rubric=self.rubric(entry, at, common["id"], common["text"]),
        )
        parts = (broken.add, broken.keep, broken.traps)
        self.unique([part.id for group in parts for part in group], at)
        for lang in LANGS:
            self.consistent(broken, at, lang)
        return broken

    def consistent(self, broken: BrokenPrompt, at: Path_, lang: Any) -> None:
        """The prompt as given lacks what is to be added, has the good rules and every fault."""
        prompt = broken.prompt.text(lang)
        for number, demand in enumerate(broken.add):
            if first_phrase(demand.accept.of(lang), prompt):
                self.refuse("already_said", (*at, "add", number), f"{demand.id} ({lang})")
        for number, demand in enumerate(broken.keep):
            if not first_phrase(demand.accept.of(lang), prompt):
                self.refuse("not_said", (*at, "keep", number), f"{demand.id} ({lang})")
        for number, trap in enumerate(broken.traps):
            if trap_gone(trap, prompt, lang).gone:
                self.refuse("no_trap", (*at, "traps", number), f"{trap.id} ({lang})")

    def prompt_case(self, data: Any, at: Path_) -> PromptCase:
        entry = self.mapping(data, at)
        passed = entry.get("passed")
        if not isinstance(passed, bool):
            self.refuse("missing", (*at, "passed"))
        return PromptCase(
            self.text(entry, "id", at),
            self.both(entry, "given", at),
            self.both(entry, "output", at),
            self.both(entry, "wanted", at),
            passed,
        )

    def demand(self, data: Any, at: Path_) -> Demand:
        entry = self.mapping(data, at)
        against = self.phrases(entry, "contradicted_by", at, required=False)
        return Demand(
            self.text(entry, "id", at),
            self.number(entry, "weight", at, 1.0),
            self.both(entry, "text", at),
            self.phrases(entry, "accept", at),
            against,
        )

    def trap(self, data: Any, at: Path_) -> Trap:
        entry = self.mapping(data, at)
        there: dict[str, tuple[tuple[str, ...], ...]] = {}
        written = self.mapping(entry.get("there", {}), (*at, "there"))
        for lang, groups in written.items():
            if not isinstance(groups, list) or not all(isinstance(g, list) and g for g in groups):
                self.refuse("not_a_list", (*at, "there", lang))
            there[str(lang)] = tuple(tuple(str(p) for p in group) for group in groups)
        fixed_by = self.phrases(entry, "fixed_by", at, required=not there)
        return Trap(
            self.text(entry, "id", at),
            self.choice(entry, "kind", at, TRAPS),
            self.both(entry, "text", at),
            there,
            fixed_by,
        )

    # Values ---------------------------------------------------------------------------------

    def rubric(
        self, data: Mapping[str, Any], at: Path_, name: str, question: Bilingual
    ) -> RubricText:
        at = (*at, "rubric")
        entry = self.mapping(data.get("rubric"), at)
        points = entry.get("key_points")
        if not isinstance(points, list) or not points:
            self.refuse("not_a_list", (*at, "key_points"))
        for number, point in enumerate(points):
            where: Path_ = (*at, "key_points", number)
            held = self.mapping(point, where)
            self.both(held, "text", where)
            self.phrases(held, "accept", where)
        document = {"id": name, "max_score": entry.get("max_score", 10), "key_points": points}
        found = RubricText(self.both(entry, "question", at, default=question), document)
        total = sum(self.number(point, "weight", at) for point in points)
        if abs(total - float(document["max_score"])) > 1e-9:
            self.refuse("weights_sum", at, f"{total:g}")
        for lang in ("zh", "en"):
            rubric_from_mapping(found.of("en" if lang == "en" else "zh"), self.source)
        return found

    def labels(self, top: Mapping[str, Any], key: str, kind: str) -> tuple[Label, ...]:
        if kind not in {LABELLING, BAD_CASE}:
            return ()
        found = tuple(self.many(top, key, (), self.label))
        self.unique([label.id for label in found], (key,))
        return found

    def label(self, data: Any, at: Path_) -> Label:
        entry = self.mapping(data, at)
        hint = self.both(entry, "hint", at, default=Bilingual("", ""))
        return Label(self.text(entry, "id", at), self.both(entry, "", at), hint)

    def mapping(self, value: Any, at: Path_) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            self.refuse("not_a_mapping", at)
        return value

    def many(self, data: Mapping[str, Any], key: str, at: Path_, read: Any) -> list[Any]:
        value = data.get(key)
        if not isinstance(value, list) or not value:
            self.refuse("not_a_list", (*at, key))
        return [read(entry, (*at, key, number)) for number, entry in enumerate(value)]

    def text(self, data: Mapping[str, Any], key: str, at: Path_) -> str:
        value = data.get(key)
        if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
            self.refuse("missing", (*at, key))
        return str(value).strip()

    def both(
        self, data: Mapping[str, Any], key: str, at: Path_, default: Bilingual | None = None
    ) -> Bilingual:
        """Words in both languages, under ``key`` or, without one, beside the other fields."""
        value = data.get(key) if key else data
        if value is None and default is not None:
            return default
        where = (*at, key) if key else at
        if not isinstance(value, dict) or not all(
            isinstance(value.get(lang), str) and value[lang].strip() for lang in LANGS
        ):
            self.refuse("not_bilingual", where)
        return Bilingual(value["zh"].strip(), value["en"].strip())

    def phrases(
        self, data: Mapping[str, Any], key: str, at: Path_, *, required: bool = True
    ) -> Phrases:
        value = data.get(key)
        if value is None and not required:
            return Phrases()
        if not isinstance(value, dict):
            self.refuse("not_bilingual", (*at, key))
        lists = []
        for lang in LANGS:
            written = value.get(lang, [])
            good = isinstance(written, list) and all(isinstance(p, str) and p for p in written)
            if not good or (required and not written):
                self.refuse("not_a_list", (*at, key, lang))
            lists.append(tuple(written))
        return Phrases(*lists)

    def number(
        self, data: Mapping[str, Any], key: str, at: Path_, default: float | None = None
    ) -> float:
        value = data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            self.refuse("out_of_range", (*at, key), f"{key}: {value}")
        return float(value)

    def whole(self, data: Mapping[str, Any], key: str, at: Path_, least: int, most: int) -> int:
        value = data.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse("out_of_range", (*at, key), f"{key}: {value}")
        return value

    def choice(self, data: Mapping[str, Any], key: str, at: Path_, allowed: Sequence[str]) -> str:
        value = data.get(key)
        if value not in allowed:
            self.refuse("not_one_of", (*at, key), f"{key}: {value} ({'|'.join(allowed)})")
        return str(value)

    def unique(self, names: Sequence[str], at: Path_) -> None:
        for number, name in enumerate(names):
            if name in names[:number]:
                self.refuse("duplicate_id", at, name)

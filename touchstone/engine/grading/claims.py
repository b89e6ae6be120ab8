"""Claims of results in project cases and resumes: what moved, which way, by how much, how, by whom.

`analyse_case` adds whether the numbers can be true, how deep the case goes and what an
interviewer should ask. It never accuses: implausible numbers lead to a question.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from typing import Any

import yaml

from touchstone.common.messages import Lang, Message, render
from touchstone.engine.grading.lexicon import CONTENT, LOADER, read_yaml
from touchstone.engine.grading.quantities import Quantity, find_quantities

_HASTY = re.compile(r"[天周月年日晚](?:末)?就|^\s*in (?:one|a|two|\d+)\b", re.IGNORECASE)
LONGEST_SUBJECT = 12
UNITS = {"percent", "percentage_point", "times", "count", "points"}
_SENTENCE = re.compile(r"[^。！？!?\n；;]+?(?:\.(?=\s|$)|[。！？!?\n；;]|$)")
_CLAUSE = re.compile(r"(?:[^，,]|(?<=\d),(?=\d{3}))+")
_GENERIC = re.compile(
    r"[㐀-鿿A-Za-z]{0,4}?[㐀-鿿](?:率|度|量|成本|时长|耗时|周期|效率|得分|工时|数量|占比)"
)
_LEADING = re.compile(r"^.*[的把将使让了从由对和与及，我们在后并且是]")
_MOST_AMOUNTS = 60  # in one clause: more are a table, in which every pair would be weighed
_FROM_TO = re.compile(r"(?:到|至|变为|变成|为|→|->|—>|~|\bto\b)")


@dataclass(frozen=True, slots=True)
class Claim:
    """One claimed result; ``text`` is the case's ``[start:end]``.

    Attributes:
        direction: "up" or "down", as the words say, not as the numbers do.
        value: the amount of the change, or the level reached; 50 万 is 500000, 三成 30 percent.
        unit: percent, percentage_point, times, count, points or None.
        baseline: the level before, in the unit of the level, or None.
        method: how, in the case's words, or "".
        own: the person claims it for themselves rather than a team or others.
        reached: ``value`` is a level reached rather than a change.
    """

    text: str
    start: int
    end: int
    metric: str
    direction: str
    value: float | None
    unit: str | None
    baseline: float | None
    method: str
    own: bool
    reached: bool = False

    def to_row(self) -> dict[str, Any]:
        """The claim as the formats document has it."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "metric": self.metric,
            "direction": self.direction,
            "value": _number(self.value),
            "unit": self.unit,
            "baseline": _number(self.baseline),
            "method": self.method or None,
            "own": self.own,
        }


@dataclass(frozen=True, slots=True)
class CaseAnalysis:
    """A project case: its claims, depth 0..10, whether the numbers can be true, what to ask."""

    claims: tuple[Claim, ...]
    depth: float
    plausibility: str
    reasons: tuple[Message, ...]
    follow_up: tuple[Message, ...]

    def to_row(self, lang: Lang = "zh") -> dict[str, Any]:
        """The JSON object of the formats document, without the case's id."""
        return {
            "claims": [c.to_row() for c in self.claims],
            "depth": self.depth,
            "plausibility": self.plausibility,
            "reasons": [render(m, lang) for m in self.reasons],
            "follow_up": [render(m, lang) for m in self.follow_up],
        }


@dataclass(frozen=True, slots=True)
class MetricKind:
    """``fraction``: cannot pass 100 %; ``better``: the direction that is good news."""

    fraction: bool
    better: str


def _number(value: float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) and abs(value) < 1e15 else round(value, 6)


@functools.cache
def metric_kinds() -> Mapping[str, MetricKind]:
    """Every known metric name, lower case, with its kind."""
    kinds: dict[str, MetricKind] = {}
    for group in yaml.load((CONTENT / "metrics.yaml").read_bytes(), Loader=LOADER):  # noqa: S506
        for name in group["names"]:
            kind = MetricKind(group["range"] == "fraction", group["better"])
            kinds[str(name).lower()] = kind
    return kinds


def kind_of(metric: str) -> MetricKind:
    """Kind of a metric as written; unknown ones are judged by how the name ends."""
    known = metric_kinds().get(metric.lower())
    if known:
        return known
    inner = [n for n in metric_kinds() if metric.lower().endswith(n)]
    if inner:
        return metric_kinds()[max(inner, key=len)]
    return MetricKind(fraction=False, better="up")


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    words = metric_kinds() if name == "metric" else read_yaml("claim_words.yaml")[name]
    if name in {"own", "others", "method"}:
        return re.compile("|".join(map(str, words)), re.IGNORECASE)
    return re.compile(_alternatives(words), re.IGNORECASE)


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(map(str, words), key=len, reverse=True)
    return "|".join(
        rf"(?<![A-Za-z]){re.escape(w)}(?![A-Za-z])" if w[-1].isascii() else re.escape(w)
        for w in ordered
    )


def find_claims(text: str, lang: Lang = "zh") -> tuple[Claim, ...]:
    """Claims of a text in either language, in order."""
    return tuple(_Finder(text).claims())


def analyse_case(text: str, lang: Lang = "zh") -> CaseAnalysis:
    """Claims, depth, plausibility and follow-up questions of a project case."""
    from touchstone.engine.grading.case_review import case_depth, follow_up, plausibility

    claims = find_claims(text, lang)
    verdict, reasons = plausibility(text, claims)
    depth, missing = case_depth(text, claims)
    return CaseAnalysis(claims, depth, verdict, reasons, follow_up(claims, reasons, missing))


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of the text with its amounts and metrics; offsets are the text's."""

    start: int
    end: int
    text: str
    quantities: tuple[Quantity, ...]
    metrics: tuple[tuple[str, int, int], ...]


class _Finder:
    """Walks a text, carrying the subject, the last metric and baselines from clause to clause."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quantities = find_quantities(text)
        self.own = True
        self.metric: tuple[str, int, int] | None = None
        self.earlier: dict[str, float] = {}

    def claims(self) -> list[Claim]:
        found: list[Claim] = []
        for sentence in _SENTENCE.finditer(self.text):
            self.metric = None
            method = _method(sentence.group())
            for match in _CLAUSE.finditer(self.text, sentence.start(), sentence.end()):
                self._subject(match.group())
                clause = self._clause(match.start(), match.end())
                found = _merged(self.text, found, self._in_clause(clause, method))
                if clause.metrics:
                    self.metric = clause.metrics[-1]
        return found

    def _subject(self, words: str) -> None:
        """Whose doing it is, from the last one named; kept until another is named."""
        own = [m.start() for m in _pattern("own").finditer(words)]
        others = [m.start() for m in _pattern("others").finditer(words)]
        if own or others:
            self.own = max(own, default=-1) > max(others, default=-1)
            if own and others and min(own) < min(others):
                self.own = True

    def _clause(self, start: int, end: int) -> _Clause:
        first = bisect_left(self.quantities, start, key=attrgetter("start"))
        last = bisect_left(self.quantities, end, first, key=attrgetter("start"))
        inside = tuple(q for q in self.quantities[first:last] if q.end <= end)
        metrics = [
            (m.group(), m.start(), m.end())
            for m in _pattern("metric").finditer(self.text, start, end)
        ]
        if not metrics:
            for m in _GENERIC.finditer(self.text, start, end):
                name = _LEADING.sub("", m.group())
                if len(name) >= 2:
                    metrics.append((name, m.end() - len(name), m.end()))
        metrics = [m for m in metrics if not any(q.start < m[2] and m[1] < q.end for q in inside)]
        return _Clause(start, end, self.text[start:end], inside, tuple(metrics))

    def _in_clause(self, clause: _Clause, method: str) -> list[Claim]:
        if len(clause.quantities) > _MOST_AMOUNTS:
            return []
        moved = any(
            self._is_from_to(clause, one, other)
            for one, other in pairwise(clause.quantities)
            if one.unit == other.unit == "time"
        )
        timed = bool(clause.metrics) or moved
        wanted = [q for q in clause.quantities if q.unit != "time" or timed]
        if any(q.unit != "time" for q in wanted) and _HASTY.search(clause.text):
            wanted = [q for q in wanted if q.unit != "time"]
        if not wanted or _pattern("aim").search(clause.text):
            return []
        if "分别" in clause.text or "respectively" in clause.text:
            paired = self._paired(clause, wanted, method)
            if paired:
                return paired
        made: list[Claim] = []
        used: set[Quantity] = set()
        for i, quantity in enumerate(wanted):
            if quantity in used:
                continue
            following = wanted[i + 1] if i + 1 < len(wanted) else None
            if following and self._is_from_to(clause, quantity, following):
                claim = self._claim(clause, following, method, baseline=quantity)
                used.add(following)
            else:
                claim = self._claim(clause, quantity, method)
            if claim and not any(c.end > claim.start and c.metric == claim.metric for c in made):
                made.append(claim)
        return made

    def _is_from_to(self, clause: _Clause, one: Quantity, other: Quantity) -> bool:
        before = self.text[clause.start : one.start]
        between = self.text[one.end : other.start]
        opened = re.search(r"(?:从|由|自|\bfrom)[^，,]{0,16}$", before, re.IGNORECASE)
        arrow = re.fullmatch(r"\s*(?:→|->|—>|到|至|to)\s*", between)
        same = one.unit == other.unit or not one.unit or not other.unit
        near = bool(_FROM_TO.search(between)) and len(between) <= 30
        return same and bool((opened and near) or arrow)

    def _paired(self, clause: _Clause, wanted: list[Quantity], method: str) -> list[Claim]:
        if len(clause.metrics) != len(wanted) or len(wanted) < 2:
            return []
        direction = self._direction(clause)
        if direction is None:
            return []
        return [
            self._made(clause, metric, quantity, direction, method, None)
            for metric, quantity in zip(clause.metrics, wanted, strict=True)
        ]

    def _claim(
        self, clause: _Clause, quantity: Quantity, method: str, baseline: Quantity | None = None
    ) -> Claim | None:
        metric = self._metric_for(clause, baseline or quantity)
        direction = self._direction(clause, quantity)
        if metric is None and baseline is not None and direction is not None:
            metric = self._unnamed(clause, baseline)
        if metric is None:
            return self._counted(clause, quantity, method)
        if baseline is None and _pattern("earlier").search(self.text, clause.start, quantity.start):
            self.earlier[metric[0].lower()] = quantity.value
            return None
        if quantity.unit == "count" and direction is None:
            return self._counted(clause, quantity, method)
        if direction is None and baseline is not None:
            direction = "up" if quantity.value >= baseline.value else "down"
        if direction is None:
            between = self.text[min(metric[2], quantity.start) : quantity.start].strip()
            levelled = not between or _pattern("level").search(between)
            if metric[2] > quantity.start or not levelled or len(between) > 12:
                return None
            if quantity.unit in {"count", "time"}:
                return None
            direction = kind_of(metric[0]).better
        return self._made(clause, metric, quantity, direction, method, baseline)

    def _unnamed(self, clause: _Clause, baseline: Quantity) -> tuple[str, int, int] | None:
        """What stands before "由 49 天降到 23 天" where no metric is named."""
        before = self.text[clause.start : baseline.start]
        subject = re.sub(r"(?:从|由|自|\bfrom)\s*$", "", before.rstrip(), flags=re.IGNORECASE)
        subject = subject.rstrip()[-LONGEST_SUBJECT:].lstrip("，,。的 ")
        if len(subject) < 2:
            return None
        end = clause.start + len(before.rstrip()[: before.rfind(subject) + len(subject)])
        return subject, end - len(subject), end

    def _metric_for(self, clause: _Clause, quantity: Quantity) -> tuple[str, int, int] | None:
        before = [m for m in clause.metrics if m[2] <= quantity.start]
        after = [m for m in clause.metrics if m[1] >= quantity.end]
        if after and self._governs(quantity, after[0][1]):
            return after[0]
        if before:
            return before[-1]
        if after and after[0][1] - quantity.end <= 24:
            return after[0]
        return self.metric

    def _governs(self, quantity: Quantity, metric_start: int) -> bool:
        """Whether the metric behind an amount belongs to it: "halved the cost", "三成的成本"."""
        between = self.text[quantity.end : metric_start]
        if len(between) > 24 or re.search(r"[,，、]|\b(?:and|while|but)\b|和|并", between):
            return False
        verb = re.match(
            r"(?:doubl|tripl|quadrupl|halv)", self.text[quantity.start :], re.IGNORECASE
        )
        joined = re.match(
            r"\s*(?:以上|左右)?的|\s*(?:of|in|off|lower|higher|less|more|fewer|faster|shorter"
            r"|better"
            r"|(?:reduction|increase|improvement|drop|gain|cut|rise|decrease|saving) (?:in|of))\b",
            between,
            re.IGNORECASE,
        )
        return bool(verb or joined)

    def _direction(self, clause: _Clause, quantity: Quantity | None = None) -> str | None:
        """The direction word nearest to the amount: the last before it, else the next after."""
        place = (quantity.start if quantity else clause.end) + 1
        if quantity and self.text[quantity.start : quantity.end].startswith("翻"):
            return "up"
        found = [
            (m.start(), name, m.group())
            for name in ("up", "down")
            for m in _pattern(name).finditer(self.text, clause.start, clause.end)
        ]
        changes = [f for f in found if f[2] not in {"达到", "达", "做到", "reached", "hit"}]
        for choices in (changes, found):
            before = [f for f in choices if f[0] < place]
            if before:
                return max(before)[1]
            if choices:
                return min(choices)[1]
        return None

    def _made(
        self,
        clause: _Clause,
        metric: tuple[str, int, int],
        quantity: Quantity,
        direction: str,
        method: str,
        baseline: Quantity | None,
    ) -> Claim:
        inside = metric[1] >= clause.start
        marks = [quantity.start, quantity.end] + ([metric[1], metric[2]] if inside else [])
        for name in ("up", "down"):
            marks += [
                p
                for m in _pattern(name).finditer(self.text, clause.start, clause.end)
                for p in m.span()
                if abs(m.start() - quantity.start) <= 8
            ]
        if baseline:
            marks.append(baseline.start)
        start, end = min(marks), max(marks)
        level = baseline is not None or self._is_level(clause, quantity)
        before = baseline.value if baseline else self.earlier.get(metric[0].lower())
        return Claim(
            self.text[start:end],
            start,
            end,
            metric[0],
            direction,
            quantity.value,
            quantity.unit if quantity.unit in UNITS else None,
            before,
            method,
            self.own,
            level,
        )

    def _is_level(self, clause: _Clause, quantity: Quantity) -> bool:
        """Whether the amount is where it arrived ("提升到 92%") rather than by how much."""
        if quantity.unit in {"percentage_point", "times"}:
            return False
        before = self.text[max(clause.start, quantity.start - 12) : quantity.start]
        if re.search(r"(?:到了?|至|达|为|是|在|\bto|\bat|\bis|\bof|reached|hit)\s*约?$", before):
            return True
        return not (_pattern("up").search(clause.text) or _pattern("down").search(clause.text))

    def _counted(self, clause: _Clause, quantity: Quantity, method: str) -> Claim | None:
        """A volume of work ("标注了 50 万条"), when it is said as done and is of some size."""
        verbs = list(_pattern("count_verbs").finditer(self.text, clause.start, quantity.start))
        verb = verbs[-1] if verbs else None
        if verb is None or quantity.unit != "count" or quantity.value < 1000:
            return None
        start = verb.start()
        down = verb.group().lower() in {"节省", "节约", "saved"}
        return Claim(
            self.text[start : quantity.end],
            start,
            quantity.end,
            verb.group(),
            "down" if down else "up",
            quantity.value,
            "count",
            None,
            method,
            self.own,
        )


def _merged(text: str, found: list[Claim], new: list[Claim]) -> list[Claim]:
    """Adds claims; a change stated right beside the two levels it joins is the same claim.

    The first one said stays: "from 80% to 92%, up 12 points" is the level 92, "up 12 points, from
    80% to 92%" the change 12, each with the baseline 80.
    """
    result = list(found)
    for claim in new:
        last = result[-1] if result else None
        gap = text[last.end : claim.start] if last else ""
        beside = last is not None and last.metric == claim.metric and len(gap) <= 6
        if last is None or not beside or re.search(r"[。！？\n；;]", gap):
            result.append(claim)
        elif last.reached and last.baseline is not None and not claim.reached:
            continue
        elif claim.reached and claim.baseline is not None and not last.reached:
            result[-1] = replace(last, baseline=claim.baseline)
        else:
            result.append(claim)
    return result


def _method(sentence: str) -> str:
    match = _pattern("method").search(sentence)
    if not match:
        return ""
    return next(v for k, v in match.groupdict().items() if v).strip() if match.groupdict() else ""

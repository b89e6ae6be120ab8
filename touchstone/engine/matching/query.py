"""What is looked for, understood from words, from a person, or from a competency model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Message, say
from touchstone.engine.matching.terms import DEGREES, MOST_YEARS, tokens
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy

MOST_LIKE = 24
WORD_WORTH = 0.7
_CLAUSE = re.compile(r"[，。；、,;\n]|\b(?:and|but)\b|但|并且|而且")
_NOT = re.compile(
    r"(?:不要|不含|不想要|排除|除了|并非|没有?(?:做|接触|用|干)?过|没有|不会|无|not|without|exclud\w+|except|no)"
    r"\s*(?:任何|any|experience (?:in|with)|做过|接触过|有)?\s*$",
    re.IGNORECASE,
)
_YEARS = re.compile(
    r"(?P<n>\d{1,2}|[一二两三四五六七八九十])\s*(?P<more>\+|以上|多)?\s*(?:年|years?|yrs?)"
    r"(?P<unit>以上|及以上|\+| or more| plus)?(?:的?(?:工作)?经验| of experience| experience)?",
    re.IGNORECASE,
)
_LEAST = re.compile(r"(?:at least|over|more than|至少|不少于|超过)\s*$", re.IGNORECASE)
_DEGREE = {
    "doctor": r"博士|ph\.?\s?d|doctora\w*",
    "master": r"硕士|研究生|master'?s?(?: degree)?|\bmsc\b",
    "bachelor": r"本科|学士|bachelor'?s?(?: degree)?|\bbsc\b",
    "associate": r"大专|专科|associate degree",
}
_SENIOR = re.compile(
    r"资深|高级|专家|负责人|主管|senior|lead\b|principal|expert|head of", re.IGNORECASE
)
_JUNIOR = re.compile(r"应届|初级|新人|实习|junior|graduate|entry[- ]level|intern\b", re.IGNORECASE)
_STOP = re.compile(
    r"做过|懂得?|熟悉|熟练|会用?|有过?|的人|愿意|能够?|需要|寻找|找一?个?|经验|背景|最好|以及|和|与|或|在|过|的|人"
    r"|\b(?:who|has|have|had|with|in|of|the|a|an|and|or|for|to|experience|background|knows?|someone"
    r"|people|person|candidate|familiar|worked?|on|done|good|strong|skills?|want|looking)\b",
    re.IGNORECASE,
)
_CHINESE_NUMBER = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Group:
    """Things that mean the same to the seeker: a person needs one of the terms.

    Attributes:
        label, label_en: as shown: 冷启动, cold start; one serves both where the other is empty.
        terms: each with how much of the meaning it holds, 0–1.
        worth: how much the group counts; excluded groups have none.
        concept: id, where the group is one of the taxonomy's.
    """

    label: str
    terms: tuple[tuple[str, float], ...]
    worth: float = 1.0
    excluded: bool = False
    concept: str = ""
    label_en: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A fact a person must have, in any of some forms. ``message`` says it in words."""

    message: Message
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. ``preferred`` groups raise a person but are not asked for."""

    groups: tuple[Group, ...] = ()
    filters: tuple[Filter, ...] = ()
    preferred: tuple[Group, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.groups and not self.filters

    def all_terms(self) -> set[str]:
        """Every term whose postings are needed."""
        every = {t for g in (*self.groups, *self.preferred) for t, _share in g.terms}
        return every | {t for f in self.filters for t in f.terms}


def understand(words: str, concepts: Taxonomy | None = None) -> Query:
    """Reads a seeker's words: concepts and their names, years, degrees, what is not wanted."""
    known = concepts or taxonomy()
    taken: list[tuple[int, int]] = []
    filters = [*_degrees(words, taken), *_years(words, taken)]
    preferred = _seniority(words, taken)
    groups: dict[str, Group] = {}
    clauses = [0, *(m.end() for m in _CLAUSE.finditer(words))]
    for hit in known.matcher.find(words):
        if any(hit.start < end and start < hit.end for start, end in taken):
            continue
        taken.append((hit.start, hit.end))
        start = max(c for c in clauses if c <= hit.start)
        before = words[start : hit.start]
        denied = _NOT.search(before)
        if denied:
            taken.append((start + denied.start(), hit.start))
        groups.setdefault(
            hit.concept, concept_group(hit.concept, known, excluded=denied is not None)
        )
    rest = []
    for group in _word_groups(words, taken):
        # People write BERT as bert when they search; the taxonomy's guards mind capitals.
        hits = (
            [h.concept for h in known.matcher.find(group.label.upper())]
            if group.label.isascii()
            else []
        )
        if hits:
            groups.setdefault(hits[0], concept_group(hits[0], known))
        else:
            rest.append(group)
    return Query((*groups.values(), *rest), tuple(filters), tuple(preferred))


def concept_group(
    concept: str, known: Taxonomy, *, worth: float = 1.0, excluded: bool = False
) -> Group:
    """A concept as something looked for; people are indexed under everything above what they
    have shown, so the concept's own term finds them all. Not wanted: who has shown it itself or
    a kind of it."""
    name, english = known.name(concept, "zh"), known.name(concept, "en")
    if excluded:
        terms = tuple((f"d:{one}", 1.0) for one in _kinds_of(concept, known))
        return Group(name, terms, 0.0, excluded=True, concept=concept, label_en=english)
    return Group(name, ((f"c:{concept}", 1.0),), worth, concept=concept, label_en=english)


def _kinds_of(concept: str, known: Taxonomy) -> list[str]:
    """The concept and all kinds and parts of it; not what merely speaks for it."""
    found, waiting = [concept], [concept]
    while waiting:
        above = waiting.pop()
        for child in known.children(above):
            row = known.concept(child)
            if above in (*row.is_a, *row.part_of) and child not in found:
                found.append(child)
                waiting.append(child)
    return found


def like_person(terms: Mapping[str, int], known: Taxonomy | None = None) -> Query:
    """People who have shown what this one has: their strongest concepts."""
    chosen = known or taxonomy()
    own = sorted(
        ((t, w) for t, w in terms.items() if t.startswith("c:")), key=lambda p: (-p[1], p[0])
    )[:MOST_LIKE]
    return Query(
        tuple(
            concept_group(t[2:], chosen, worth=w / 255) for t, w in own if t[2:] in chosen.concepts
        )
    )


def for_model(document: Mapping[str, Any], known: Taxonomy | None = None) -> Query:
    """What a competency model asks for: each indicator counts its weight, by the concepts its
    text and keywords speak of."""
    chosen = known or taxonomy()
    groups: list[Group] = []
    total = sum(
        float(i.get("weight") or 0)
        for d in document.get("dimensions", [])
        for i in d.get("indicators", [])
    )
    for dimension in document.get("dimensions", []):
        for indicator in dimension.get("indicators", []):
            words = "；".join([*_both(indicator.get("text")), *indicator.get("keywords", [])])
            found = dict.fromkeys(hit.concept for hit in chosen.matcher.find(words))
            if found and total:
                named = [*_both(indicator.get("name")), *_both(indicator.get("text"))]
                label = named[0] if named else str(indicator["id"])
                terms = tuple((f"c:{concept}", 1.0) for concept in found)
                worth = float(indicator.get("weight") or 0) / total * 10
                english = named[1] if len(named) > 1 else label
                groups.append(Group(label, terms, worth, label_en=english))
    return Query(tuple(groups))


def _both(value: Any) -> list[str]:
    """The words of a name or sentence given in one language or in both."""
    if isinstance(value, Mapping):
        return [str(words) for words in value.values() if words]
    return [str(value)] if value else []


def _degrees(words: str, taken: list[tuple[int, int]]) -> list[Filter]:
    for degree, pattern in _DEGREE.items():
        found = re.search(
            f"(?:{pattern})(?P<more>及?以上| or (?:above|higher))?", words, re.IGNORECASE
        )
        if found is None:
            continue
        taken.append(found.span())
        wanted = DEGREES[DEGREES.index(degree) :]
        terms = tuple(f"#degree:{d}" for d in wanted)
        return [Filter(say(f"pool.filter_{degree}"), terms)]
    return []


def _years(words: str, taken: list[tuple[int, int]]) -> list[Filter]:
    found = _YEARS.search(words)
    if found is None:
        return []
    taken.append(found.span())
    least = _LEAST.search(words[: found.start()])
    if least:
        taken.append((least.start(), found.start()))
    number = found["n"]
    n = int(number) if number.isdigit() else _CHINESE_NUMBER[number]
    terms = tuple(f"#years:{k}" for k in range(min(n, MOST_YEARS), MOST_YEARS + 1))
    return [Filter(say("pool.filter_years", n=n), terms)]


def _seniority(words: str, taken: list[tuple[int, int]]) -> list[Group]:
    for label, pattern, years in (
        ("senior", _SENIOR, range(5, MOST_YEARS + 1)),
        ("junior", _JUNIOR, range(3)),
    ):
        found = pattern.search(words)
        if found:
            taken.append(found.span())
            return [Group(label, tuple((f"#years:{k}", 1.0) for k in years), 1.0)]
    return []


def _word_groups(words: str, taken: Sequence[tuple[int, int]]) -> list[Group]:
    """One group for every remaining word; its terms are its pairs of characters."""
    blank = list(words)
    for start, end in taken:
        blank[start:end] = " " * (end - start)
    rest = _STOP.sub(" ", "".join(blank))
    groups: dict[str, Group] = {}
    for run in re.split(r"[\s，。；、,;:：（）()/|「」\"'!?！？]+", rest):
        parts = tokens(run)
        if parts and not _negligible(run):
            share = 1.0 / len(parts)
            terms = tuple((f"w:{part}"[:80], share) for part in dict.fromkeys(parts))
            groups.setdefault(run, Group(run, terms, WORD_WORTH))
    return list(groups.values())


def _negligible(run: str) -> bool:
    return len(run.strip()) < 2 and run.isascii()

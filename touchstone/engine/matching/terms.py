"""Under what a person is indexed: concepts they have shown, words of their story, plain facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.engine.text.mentions import SectionSpan, find_mentions
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy

STRENGTH = {"listed": 70, "used": 150, "result": 230}
UPWARDS = 0.6  # what evidence for a concept is worth for the one above it
NAME, TITLE, PLACE, SKILL, SAID, TAG = 200, 170, 120, 130, 80, 200
MOST_WORDS = 140
MOST_YEARS = 30
DEGREES = ("secondary", "associate", "bachelor", "master", "doctor")
_TOKEN = re.compile(
    r"[a-z0-9][a-z0-9+#.]*[a-z0-9+#]|[a-z0-9]|[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+"
)


@dataclass(frozen=True, slots=True)
class PersonText:
    """A person as the index sees them.

    Attributes:
        years: of full-time work; None when unknown.
        claims: sentences worth finding by their words.
        facts: other plain facts, name → value, such as ``{"branch": "3"}``.
    """

    name: str = ""
    title: str = ""
    company: str = ""
    school: str = ""
    skills: Sequence[str] = ()
    text: str = ""
    spans: Sequence[SectionSpan] = ()
    degree: str = ""
    years: float | None = None
    language: str = ""
    claims: Sequence[str] = ()
    tags: Sequence[str] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A concept with the strongest words that show it: ``text[start:end]``."""

    concept: str
    strength: str
    start: int
    end: int

    def document(self) -> dict[str, Any]:
        return {
            "concept": self.concept,
            "strength": self.strength,
            "start": self.start,
            "end": self.end,
        }


def tokens(text: str) -> list[str]:
    """Latin words in lower case and pairs of neighbouring Chinese characters, in order.

    >>> tokens("冷启动 Recall@20")
    ['冷启', '启动', 'recall', '20']
    """
    found: list[str] = []
    for run in _TOKEN.findall(unicodedata.normalize("NFKC", text).lower()):
        if ord(run[0]) < 0x3400 or len(run) == 1:
            found.append(run)
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
    return found


def shown_concepts(person: PersonText, concepts: Taxonomy | None = None) -> tuple[Shown, ...]:
    """Each concept the person has, by its strongest mention, in the order of the text."""
    order = ("listed", "used", "result")
    best: dict[str, Shown] = {}
    for mention in find_mentions(person.text, person.spans, concepts=concepts):
        if mention.polarity not in {"own", "past"}:
            continue
        held = best.get(mention.concept)
        if held is None or order.index(mention.strength) > order.index(held.strength):
            best[mention.concept] = Shown(
                mention.concept, mention.strength, mention.start, mention.end
            )
    return tuple(sorted(best.values(), key=lambda s: (s.start, s.concept)))


def person_terms(
    person: PersonText, shown: Iterable[Shown], concepts: Taxonomy | None = None
) -> dict[str, int]:
    """Term → weight 1–255. ``c:`` concepts and all above them, ``d:`` concepts themselves, ``w:``
    words, ``#`` facts."""
    known = concepts or taxonomy()
    terms: dict[str, int] = {}

    def add(term: str, weight: float) -> None:
        terms[term] = max(terms.get(term, 0), 1, min(255, round(weight)))

    for item in shown:
        weight = STRENGTH[item.strength]
        add(f"c:{item.concept}", weight)
        add(f"d:{item.concept}", weight)
        for above in known.ancestors(item.concept):
            add(f"c:{above}", weight * UPWARDS)
    words: dict[str, int] = {}
    for text, weight in _weighted_texts(person):
        for token in tokens(text):
            words[token] = max(words.get(token, 0), weight)
    for token in sorted(words, key=lambda t: (-words[t], t))[:MOST_WORDS]:
        add(f"w:{token}"[:80], words[token])
    for term in _facts(person):
        add(term, 255)
    return terms


def _weighted_texts(person: PersonText) -> Iterable[tuple[str, int]]:
    yield person.name, NAME
    yield person.title, TITLE
    yield person.company, PLACE
    yield person.school, PLACE
    yield from ((skill, SKILL) for skill in person.skills)
    yield from ((tag, TAG) for tag in person.tags)
    yield from ((claim, SAID) for claim in person.claims)


def _facts(person: PersonText) -> Iterable[str]:
    if person.degree in DEGREES:
        yield f"#degree:{person.degree}"
    if person.years is not None:
        yield f"#years:{max(0, min(MOST_YEARS, int(person.years)))}"
    if person.language:
        yield f"#language:{person.language}"
    yield from (f"#tag:{tag}"[:80] for tag in person.tags)
    yield from (f"#{name}:{value}"[:80] for name, value in person.facts.items() if value)

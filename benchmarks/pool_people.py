"""Generated people of the talent pool, written straight into its tables, a segment at a time.

Concepts and words are as unevenly spread as in life: what the models of positions ask for comes
first, words follow the product's own texts. The same number of people gives the same rows.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from touchstone.engine.matching.postings import SEGMENT, pack_arrays
from touchstone.engine.matching.query import for_model
from touchstone.engine.matching.terms import MOST_YEARS, STRENGTH, UPWARDS, tokens
from touchstone.engine.profiles.model import model_templates
from touchstone.engine.text.taxonomy import taxonomy

CONCEPTS, WORDS = 18, 60  # drawn for each person; some twice
SAID = {
    "listed": "技能：{name}。",
    "used": "在项目中使用{name}完成交付，支持团队日常工作。",
    "result": "负责{name}相关工作，准确率提升 {n} 个百分点。",
}
DEGREES = ("associate", "bachelor", "bachelor", "master")
REACHED = ("resume", "resume", "resume", "assessment", "interview", "report")
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What people are made of: terms by number, concepts and words with how likely each is."""

    terms: list[str]
    concepts: list[str]
    concept_odds: npt.NDArray[np.float64]
    shown: npt.NDArray[np.int64]  # (concept, strength) → row of ``indexed``
    indexed: list[list[tuple[int, int]]]  # (term, weight)
    first_word: int
    word_odds: npt.NDArray[np.float64]
    facts: dict[str, int]


def vocabulary(branches: Iterable[str]) -> Vocabulary:
    known = taxonomy()
    asked = [
        term[2:]
        for document in model_templates().values()
        for group in for_model(document).groups
        for term, _share in group.terms
    ]
    concepts = list(dict.fromkeys([*asked, *sorted(known.concepts)]))
    terms: dict[str, int] = {}
    indexed: list[list[tuple[int, int]]] = []
    for concept in concepts:
        for strength in STRENGTH:
            weight = STRENGTH[strength]
            row = {f"c:{concept}": weight, f"d:{concept}": weight}
            for above in known.ancestors(concept):
                row.setdefault(f"c:{above}", round(UPWARDS * weight))
            indexed.append([(terms.setdefault(t, len(terms)), w) for t, w in row.items()])
    counts: collections.Counter[str] = collections.Counter()
    folder = Path(__file__).resolve().parents[1] / "touchstone/content"
    for path in sorted([*folder.glob("questions/*.yaml"), *folder.glob("materials/**/*.md")]):
        counts.update(tokens(path.read_text(encoding="utf-8")))
    said = sorted(counts, key=lambda t: (-counts[t], t))
    first_word = len(terms)
    for word in said:
        terms[f"w:{word}"[:80]] = len(terms)
    facts = [
        *(f"#years:{n}" for n in range(MOST_YEARS + 1)),
        *(f"#degree:{d}" for d in dict.fromkeys(DEGREES)),
        *(f"#reached:{r}" for r in dict.fromkeys(REACHED)),
        *(f"#branch:{b}" for b in branches),
        "#language:zh",
        "#language:en",
    ]
    for fact in facts:
        terms[fact] = len(terms)
    odds = 1 / (np.arange(len(concepts)) + 3.0)
    word_odds = np.array([counts[w] for w in said], dtype=np.float64)
    return Vocabulary(
        list(terms),
        concepts,
        np.cumsum(odds / odds.sum()),
        np.arange(len(concepts) * len(STRENGTH)).reshape(len(concepts), len(STRENGTH)),
        indexed,
        first_word,
        np.cumsum(word_odds / word_odds.sum()),
        {fact: terms[fact] for fact in facts},
    )


@dataclass(frozen=True, slots=True)
class Block:
    """People of one segment: their numbers, what each showed, and (place, term, weight) rows."""

    segment: int
    numbers: Numbers
    concepts: Numbers  # people × CONCEPTS
    strengths: Numbers
    places: Numbers
    terms: Numbers
    weights: Numbers


def blocks(people: int, words: Vocabulary) -> Iterator[Block]:
    """Numbers 1 to ``people``, a segment at a time; each segment has its own seed."""
    sizes = np.array([len(row) for row in words.indexed])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    flat = np.array([pair for row in words.indexed for pair in row], dtype=np.int64)
    branches = [t for t in words.facts if t.startswith("#branch")]
    for segment in range(people // SEGMENT + 1):
        first, last = max(1, segment * SEGMENT), min(people, (segment + 1) * SEGMENT - 1)
        numbers = np.arange(first, last + 1)
        n = len(numbers)
        if not n:
            continue
        rng = np.random.default_rng(segment)
        place = numbers - segment * SEGMENT
        concepts = np.searchsorted(words.concept_odds, rng.random((n, CONCEPTS)))
        strengths = rng.integers(0, 3, (n, CONCEPTS))
        rows = words.shown[concepts, strengths].ravel()
        lengths = sizes[rows]
        offsets = np.repeat(starts[rows] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        shown = flat[offsets + np.arange(len(offsets))]
        said = words.first_word + np.searchsorted(words.word_odds, rng.random((n, WORDS))).ravel()
        facts = np.stack(
            [
                _fact(words, [f"#years:{k}" for k in range(MOST_YEARS + 1)])[
                    np.minimum(MOST_YEARS, rng.exponential(5, n).astype(np.int64))
                ],
                _fact(words, [f"#degree:{d}" for d in DEGREES])[rng.integers(0, 4, n)],
                _fact(words, [f"#reached:{r}" for r in REACHED])[rng.integers(0, 6, n)],
                _fact(words, branches)[rng.integers(0, len(branches), n)],
                _fact(words, ["#language:zh", "#language:en"])[(rng.random(n) < 0.1) * 1],
            ],
            axis=1,
        ).ravel()
        places = np.concatenate(
            [
                np.repeat(np.repeat(place, CONCEPTS), lengths),
                np.repeat(place, WORDS),
                np.repeat(place, 5),
            ]
        )
        terms = np.concatenate([shown[:, 0], said, facts])
        weights = np.concatenate(
            [shown[:, 1], 80 + 50 * rng.integers(0, 2, len(said)), np.full(len(facts), 255)]
        )
        # One number each: by term, by place, the strongest first.
        keys = np.sort((terms * SEGMENT + places) * 256 + (255 - weights))
        whose = keys >> 8
        keys = keys[np.concatenate([[True], whose[1:] != whose[:-1]])]
        whose = keys >> 8
        yield Block(
            segment,
            numbers,
            concepts,
            strengths,
            whose % SEGMENT,
            whose // SEGMENT,
            255 - (keys & 255),
        )


def _fact(words: Vocabulary, names: list[str]) -> Numbers:
    return np.array([words.facts[name] for name in names])


def postings(block: Block, words: Vocabulary) -> Iterator[tuple[str, int, bytes, bytes]]:
    """Rows of the index: (term, segment, ids, weights)."""
    edges = np.flatnonzero(np.diff(block.terms)) + 1
    for start, end in zip([0, *edges], [*edges, len(block.terms)], strict=True):
        ids, weights = pack_arrays(
            block.places[start:end], block.weights[start:end].astype(np.uint8)
        )
        yield words.terms[int(block.terms[start])], block.segment, ids, weights


def told(block: Block, words: Vocabulary) -> Iterator[tuple[int, str, str, str]]:
    """(number, text, concepts as JSON, terms as JSON) of each person."""
    known = taxonomy()
    names = [known.name(concept, "zh") for concept in words.concepts]
    strengths = list(STRENGTH)
    parts = {}
    for concept, name in enumerate(names):
        for place, how_said in enumerate(strengths):
            sentence = SAID[how_said].format(name=name, n=2 + concept % 13)
            head = f'{{"concept":"{words.concepts[concept]}","strength":"{how_said}","start":'
            parts[concept, place] = (sentence, sentence.index(name), len(name), head)
    order = np.argsort(block.places, kind="stable")
    places = block.places[order]
    edges = np.searchsorted(places, block.numbers - block.segment * SEGMENT)
    keys = [f'"{term}":' for term in words.terms]
    terms, weights = block.terms[order].tolist(), block.weights[order].tolist()
    ends = [*edges[1:].tolist(), len(terms)]
    drawn = zip(block.concepts.tolist(), block.strengths.tolist(), strict=True)
    for number, start, end, (own, how) in zip(
        block.numbers.tolist(), edges.tolist(), ends, drawn, strict=True
    ):
        best: dict[int, int] = {}
        for concept, strength in zip(own, how, strict=True):
            best[concept] = max(best.get(concept, 0), strength)
        text, shown, length = [], [], 0
        for concept, strength in best.items():
            sentence, at, size, head = parts[concept, strength]
            shown.append(f'{head}{length + at},"end":{length + at + size}}}')
            text.append(sentence)
            length += len(sentence)
        held = ",".join(f"{keys[terms[k]]}{weights[k]}" for k in range(start, end))
        yield number, "".join(text), f"[{','.join(shown)}]", f"{{{held}}}"


def insert(table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite."""
    from django.db import connection, transaction

    names = ", ".join(f'"{c}"' for c in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
            connection.connection.executemany(statement, rows)

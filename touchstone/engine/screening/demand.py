"""A competency model compiled into what to look for in a resume."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from touchstone.common.messages import Bilingual
from touchstone.engine.profiles.model import CompetencyModel, Indicator, model_sha256
from touchstone.engine.profiles.wishes import common_indicators
from touchstone.engine.screening.words import (
    WordFinder,
    facets,
    group_words,
    pieces,
)
from touchstone.engine.text.normalize import flattened
from touchstone.engine.text.taxonomy import Taxonomy, taxonomy

Shares = Mapping[str, tuple[tuple[int, float], ...]]


@dataclass(frozen=True, slots=True)
class Sign:
    """A behaviour that the model asks for, with the indicators it speaks for and how fully."""

    facet: str
    groups: frozenset[str]
    shares: tuple[tuple[int, float], ...]


GRAM, GRAM_LATIN = 5, 12  # letters in a row that a copied sentence shares with the model
# Affinity that one step down leaves: to a kind, to a part, to what speaks for it.
_KIND, _PART, _SPEAKS_FOR, _FAINT = 0.96, 0.93, 0.72, 0.3
_ABOVE = 0.3
_BESIDE = 0.55
_NAMED, _WITHIN = 1.0, 0.6
_IN_NAME, _IN_TEXT = 0.75, 0.6
_FACET_TERM = 0.9
_HALF = 0.5
_CLEARLY = 0.6
_LEAST_SHARE = 0.12
_BEHAVIOUR = 0.95
_SIGNS = re.compile(r"\W+")
_QUANTITY = re.compile(
    r"(?P<n>\d+|[一二两三四五六七八九十])\s*\+?\s*(?:(?P<years>年|years?)|(?:个|款|项)?(?:以上)?的?"
    r"[\u4e00-\u9fff]{0,6}?(?P<projects>项目)|(?:\w+\s+){0,3}?(?P<projects2>projects?))",
    re.IGNORECASE,
)
_PROJECTS, _YEARS = re.compile(r"项目|projects?\b"), re.compile(r"年|years?\b")
_DIGITS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Hint:
    """Words of an indicator that no concept stands for.

    Attributes:
        indicator: its number in the model.
        parts: how many telling parts the phrase has.
        weight: what all of them together are worth, 0–1.
    """

    indicator: int
    parts: int
    weight: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What to look for.

    Attributes:
        concepts: for each concept the indicators it speaks for, with affinity 0–1.
        signs: behaviours by one of the groups of words that they need.
        hints: by the number that `finder` keys its parts with (``#3`` for hint 3).
        grams: runs of characters of the model's own sentences, to know a copied ad by.
        quantities: number asked for and its unit ("projects" or "years"), by indicator.
        acts: the facet whose behaviours a concept needs beside it, by indicator.
    """

    model: CompetencyModel
    sha256: str
    indicators: tuple[Indicator, ...]
    concepts: Shares
    signs: Mapping[str, tuple[Sign, ...]] = field(repr=False)
    hints: tuple[Hint, ...]
    finder: WordFinder = field(repr=False)
    grams: frozenset[str] = field(repr=False)
    quantities: Mapping[int, tuple[float, str]]
    acts: Mapping[int, str]
    known: tuple[bool, ...]
    taxonomy: Taxonomy = field(repr=False)


def demand_of(model: CompetencyModel, concepts: Taxonomy | None = None) -> Demand:
    """The model compiled; cheap to ask again.

    Args:
        concepts: another taxonomy than the built-in one.
    """
    return _compiler(concepts or taxonomy())(model)


@functools.lru_cache(maxsize=3)
def _compiler(known: Taxonomy) -> Callable[[CompetencyModel], Demand]:
    """Compiles by one taxonomy and keeps what it made as long as that one is kept: a taxonomy takes
    some 6 MB, so that those of drafts tried and gone must not be held by what was compiled."""
    return functools.lru_cache(maxsize=16)(functools.partial(_compiled, known=known))


def _compiled(model: CompetencyModel, known: Taxonomy) -> Demand:
    indicators = model.indicators
    concepts: dict[str, dict[int, float]] = {}
    facet_shares: dict[str, dict[int, float]] = {}
    hints: list[Hint] = []
    words: list[tuple[str, str]] = list(group_words())
    covered = []
    for number, indicator in enumerate(indicators):
        roots = _roots(indicator, known)
        belongs = facets_of(indicator)
        industries = _industries(roots, known)
        if industries:
            above = {a for c in industries for a in known.ancestors(c)}
            roots = {c: w for c, w in roots.items() if w == _NAMED or c not in above}
            if "biz.scenario" in belongs:
                belongs["biz.scenario"] *= _HALF
        for facet_id, share in belongs.items():
            facet_shares.setdefault(facet_id, {})[number] = share
            for term in facets()[facet_id].terms:
                for concept in known.matcher.claims(term):
                    own = facet_id == indicator.id or not roots
                    weight = _FACET_TERM * share * (1.0 if own else _HALF)
                    roots[concept] = max(roots.get(concept, 0.0), weight)
        for concept, affinity in _spread(roots, known).items():
            shares = concepts.setdefault(concept, {})
            shares[number] = max(shares.get(number, 0.0), affinity)
        covered.append(bool(roots) or bool(belongs))
        _add_hints(number, indicator, known, strong=not covered[-1], hints=hints, words=words)
    return Demand(
        model=model,
        sha256=model_sha256(model),
        indicators=indicators,
        concepts={c: left for c, shares in concepts.items() if (left := _contested(shares))},
        signs=_signs(facet_shares),
        hints=tuple(hints),
        finder=WordFinder(words),
        grams=frozenset(_grams(model)),
        quantities={n: q for n, i in enumerate(indicators) if (q := _quantity(i))},
        acts={
            number: facet
            for facet, shares in facet_shares.items()
            if facets()[facet].acts
            for number, share in shares.items()
            if share >= _CLEARLY
        },
        known=tuple(covered),
        taxonomy=known,
    )


def no_demand(concepts: Taxonomy | None = None) -> Demand:
    """Looks for nothing: to read a resume by itself."""
    return _nothing(concepts or taxonomy())


@functools.lru_cache(maxsize=2)
def _nothing(known: Taxonomy) -> Demand:
    model, finder = CompetencyModel(Bilingual("", ""), dimensions=()), WordFinder(group_words())
    return Demand(model, "", (), {}, {}, (), finder, frozenset(), {}, {}, (), known)


def _signs(facet_shares: Mapping[str, Mapping[int, float]]) -> dict[str, tuple[Sign, ...]]:
    by_group: dict[str, tuple[Sign, ...]] = {}
    for facet, shares in facet_shares.items():
        for behaviour in facets()[facet].behaviours:
            worth = tuple((n, _BEHAVIOUR * share * behaviour.weight) for n, share in shares.items())
            sign = Sign(facet, behaviour.groups, worth)
            first = min(behaviour.groups)
            by_group[first] = (*by_group.get(first, ()), sign)
    return by_group


def _industries(roots: Mapping[str, float], known: Taxonomy) -> list[str]:
    """The trades that an indicator asks for, where it asks for one or two and not for any."""
    named = [c for c, w in roots.items() if w >= _IN_NAME and known.concept(c).kind == "industry"]
    return named if len(named) <= 2 else []


def _roots(indicator: Indicator, known: Taxonomy) -> dict[str, float]:
    """Concepts that the indicator names, with how surely it means them."""
    roots: dict[str, float] = {}

    def add(concept: str, weight: float) -> None:
        roots[concept] = max(roots.get(concept, 0.0), weight)

    for keyword in indicator.keywords:
        exact = known.matcher.claims(keyword)
        for concept in exact or known.find(keyword):
            add(concept, _NAMED if exact else _WITHIN)
    for words, weight in ((indicator.name, _IN_NAME), (indicator.text, _IN_TEXT)):
        for text in {words.zh, words.en}:
            exact = known.matcher.claims(text)
            for concept in exact or known.find(text):
                add(concept, _NAMED if exact else weight)
    return roots


def _spread(roots: Mapping[str, float], known: Taxonomy) -> dict[str, float]:
    """Affinity of every concept below, beside and just above the roots."""
    found: dict[str, float] = {}

    def add(concept: str, affinity: float) -> None:
        if affinity > found.get(concept, 0.0):
            found[concept] = affinity

    for root, weight in roots.items():
        add(root, weight)
        _descend(root, weight, known, add)
        concept_of = known.concept(root)
        for parent in concept_of.parents:
            add(parent, weight * _ABOVE)
            if concept_of.kind == "tool":
                for sibling in known.children(parent):
                    if known.concept(sibling).kind == "tool":
                        add(sibling, weight * _BESIDE)
    return found


def _descend(root: str, weight: float, known: Taxonomy, add: Callable[[str, float], None]) -> None:
    """Gives what stands below a root its affinity: kinds and parts nearly all of it, what only
    speaks for it less, and less with every step."""
    best = {root: weight}
    waiting = [root]
    while waiting:
        parent = waiting.pop(0)
        for child in known.children(parent):
            concept = known.concept(child)
            factor = (
                _KIND
                if parent in concept.is_a
                else (_PART if parent in concept.part_of else _SPEAKS_FOR)
            )
            affinity = best[parent] * factor
            if affinity > best.get(child, 0.0) and affinity >= _FAINT * weight:
                best[child] = affinity
                waiting.append(child)
                add(child, affinity)


def _contested(shares: Mapping[int, float]) -> tuple[tuple[int, float], ...]:
    """A concept belongs first to the indicator that it is nearest to."""
    best = max(shares.values())
    contested = ((number, share * (share / best) ** 2) for number, share in shares.items())
    return tuple((number, share) for number, share in contested if share >= _LEAST_SHARE)


def facets_of(indicator: Indicator) -> dict[str, float]:
    """Facets that an indicator resembles, with how much (0–1): by id, else by its words."""
    if indicator.id in facets():
        return {indicator.id: 1.0}
    keywords = flattened("\n".join(indicator.keywords))
    texts = flattened(
        f"{indicator.name.zh}\n{indicator.name.en}\n{indicator.text.zh}\n{indicator.text.en}"
    )
    scores = {}
    for common in common_indicators():
        score = sum(2 for cue in common.cues if _stands(cue, keywords))
        score += sum(1 for cue in common.cues if _stands(cue, texts))
        if score:
            scores[common.id] = score
    if not scores:
        return {}
    best = max(scores.values())
    return {f: min(1.0, 0.25 + 0.2 * n) for f, n in scores.items() if n >= 0.5 * best}


def _stands(cue: str, folded: str) -> bool:
    if not cue.isascii():
        return cue in folded
    return re.search(rf"(?<![a-z]){re.escape(cue)}", folded) is not None


def _add_hints(
    number: int,
    indicator: Indicator,
    known: Taxonomy,
    *,
    strong: bool,
    hints: list[Hint],
    words: list[tuple[str, str]],
) -> None:
    """Keywords that are no concepts, and the words of the sentence where nothing else is known."""
    phrases: list[tuple[str, float]] = [
        (keyword, 1.0) for keyword in indicator.keywords if not known.matcher.claims(keyword)
    ]
    for text in dict.fromkeys((indicator.text.zh, indicator.text.en)):
        phrases += [(piece, 0.7 if strong else 0.3) for piece in re.split(r"[，,、；;。.]", text)]
    for phrase, weight in phrases:
        parts = pieces(phrase)
        if not parts:
            continue
        key = f"#{len(hints)}"
        hints.append(Hint(number, len(parts), weight))
        words += [(part, f"{key}.{i}") for i, part in enumerate(parts)]


def _grams(model: CompetencyModel) -> Iterable[str]:
    for indicator in model.indicators:
        for text in {indicator.text.zh, indicator.text.en}:
            yield from grams_of(_SIGNS.sub("", flattened(text)))


def grams_of(text: str) -> list[str]:
    """Runs of `GRAM` letters of a text without signs, of `GRAM_LATIN` in Latin script."""
    size = GRAM_LATIN if text.isascii() else GRAM
    return [text[i : i + size] for i in range(len(text) - size + 1)]


def _quantity(indicator: Indicator) -> tuple[float, str] | None:
    if indicator.at_least is not None:
        said = f"{indicator.unit} {indicator.text.zh} {indicator.text.en}".casefold()
        unit = "projects" if _PROJECTS.search(said) else "years" if _YEARS.search(said) else ""
        return (indicator.at_least, unit) if unit else None
    match = _QUANTITY.search(indicator.text.zh) or _QUANTITY.search(indicator.text.en)
    if not match:
        return None
    number = float(_DIGITS.get(match["n"]) or int(match["n"]))
    return number, "years" if match["years"] else "projects"

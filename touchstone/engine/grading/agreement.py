"""How well labels, spans, boxes and groups agree with gold: the usual measures, from their sources.

- Cohen's kappa: J. Cohen (1960), A coefficient of agreement for nominal scales.
- Macro F1: the mean of each class's F1, 2PR/(P+R) = 2TP/(2TP+FP+FN) (van Rijsbergen 1979).
- Spans: exact match of bounds and type as in CoNLL-2003 (Tjong Kim Sang & De Meulder 2003), and
  any overlap with the right type (the "type" measure of SemEval-2013 task 9).
- Boxes: matched at intersection over union of 0.5 and more (PASCAL VOC, Everingham et al. 2010).
- Groups: B-cubed (Bagga & Baldwin 1998) and the adjusted Rand index (Hubert & Arabie 1985).
- Order: NDCG (Järvelin & Kekäläinen 2002).
- Interval of a share: Wilson (1927).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Counts:
    """Matched marks among those given and those of gold."""

    matched: int
    given: int
    gold: int

    @property
    def precision(self) -> float:
        return self.matched / self.given if self.given else 0.0

    @property
    def recall(self) -> float:
        return self.matched / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """2·matched / (given + gold); 1 when there was nothing to find and nothing was marked."""
        whole = self.given + self.gold
        return 2 * self.matched / whole if whole else 1.0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.matched + other.matched, self.given + other.given, self.gold + other.gold
        )


def class_counts(gold: Sequence[str], given: Sequence[str]) -> dict[str, Counts]:
    """Per class that gold has, in the order of its name. "" in ``given`` is an item left out."""
    pairs = Counter(zip(gold, given, strict=True))
    golds, givens = Counter(gold), Counter(given)
    return {name: Counts(pairs[name, name], givens[name], golds[name]) for name in sorted(golds)}


def macro_f1(gold: Sequence[str], given: Sequence[str]) -> float:
    """The mean F1 of the classes that gold has."""
    counts = class_counts(gold, given)
    return sum(c.f1 for c in counts.values()) / len(counts) if counts else 0.0


def cohen_kappa(gold: Sequence[str], given: Sequence[str]) -> float:
    """(p_o − p_e) / (1 − p_e); an item left out is a category of its own.

    Where both use one and the same class throughout, agreement is complete: 1.
    """
    n = len(gold)
    if not n:
        return 0.0
    observed = sum(a == b for a, b in zip(gold, given, strict=True)) / n
    golds, givens = Counter(gold), Counter(given)
    expected = sum(golds[name] * givens[name] for name in golds) / n**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) where nothing was seen."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def most_pairs(given: int, gold: int, fits: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """The most pairs of a given and a gold mark that fit, each used once (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(one: int, seen: set[int]) -> bool:
        for other in range(gold):
            if other in seen or not fits(one, other):
                continue
            seen.add(other)
            if other not in taken or place(taken[other], seen):
                taken[other] = one
                return True
        return False

    for one in range(given):
        place(one, set())
    return sorted((one, other) for other, one in taken.items())


def b_cubed(gold: Mapping[str, str], given: Mapping[str, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of a grouping, item by item.

    An item's precision is the share of its given group that belongs to its gold group, its recall
    the share of its gold group that is in its given group; both are averaged over all items of
    gold. An item put into no group earns nothing.
    """
    if not gold:
        return 0.0, 0.0, 0.0
    precision = recall = 0.0
    for item, group in given.items():
        if item not in gold:
            continue
        with_it = [other for other, name in given.items() if name == group and other in gold]
        true = [other for other, name in gold.items() if name == gold[item]]
        both = len(set(with_it) & set(true))
        precision += both / len(with_it)
        recall += both / len(true)
    precision, recall = precision / len(gold), recall / len(gold)
    whole = precision + recall
    return precision, recall, 2 * precision * recall / whole if whole else 0.0


def trivial_f1(gold: Mapping[str, str]) -> float:
    """The B-cubed F1 of the better of two groupings without thought: all in one, each alone."""
    one = b_cubed(gold, dict.fromkeys(gold, "all"))[2]
    alone = b_cubed(gold, {item: item for item in gold})[2]
    return max(one, alone)


def adjusted_rand(gold: Mapping[str, str], given: Mapping[str, str]) -> float:
    """Pairs that both groupings treat alike, corrected for chance: 1 the same, 0 chance.

    Items put into no group stand alone.
    """
    items = sorted(gold)
    theirs = [given.get(item) or f"alone {item}" for item in items]
    ours = [gold[item] for item in items]

    def pairs(counts: Counter[str] | Counter[tuple[str, str]]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    together = pairs(Counter(zip(ours, theirs, strict=True)))
    first, second = pairs(Counter(ours)), pairs(Counter(theirs))
    whole = len(items) * (len(items) - 1) // 2
    if not whole:
        return 0.0
    expected = first * second / whole
    most = (first + second) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def ndcg(worth: Mapping[str, float], order: Sequence[str], depth: int = 3) -> float:
    """Σ gain/log2(rank+1) of an order over that of the best order, at ``depth`` ranks.

    A name given twice counts at its first place only.
    """
    seen: set[str] = set()
    found = 0.0
    for rank, name in enumerate(order[:depth]):
        found += 0.0 if name in seen else worth.get(name, 0.0) / math.log2(rank + 2)
        seen.add(name)
    best = sorted(worth.values(), reverse=True)[:depth]
    ideal = sum(gain / math.log2(rank + 2) for rank, gain in enumerate(best))
    return found / ideal if ideal else 0.0

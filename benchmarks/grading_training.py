"""Trains what grading ships: `python benchmarks/grading_training.py order|vectors|points`.

order: pairs of words and word classes of the product's own texts against the same texts shuffled.
vectors: what words are used for, from the key points of the question bank and the taxonomy.
points: probability that an answer makes a key point, from matching features, on the labelled
answers under tests/engine/grading/data. Prints figures on held-out questions and writes
touchstone/content/grading. Train in this order: each step uses what the one before wrote.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections import Counter
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from touchstone.engine.grading.reading import read  # noqa: E402

CONTENT = ROOT / "touchstone" / "content"
SEED = 4040505


def own_texts() -> dict[str, list[str]]:
    """Sentences of the product's content, by language."""
    found: dict[str, list[str]] = {"zh": [], "en": []}
    files = sorted(p for p in CONTENT.rglob("*") if p.suffix in {".yaml", ".md"})
    for path in files:
        if path.parent.name == "grading" or "taxonomy" in path.parts:
            continue
        raw = path.read_text("utf-8")
        strings: list[str] = []
        if path.suffix == ".yaml":
            try:
                waiting = [yaml.load(raw, yaml.CSafeLoader)]
            except yaml.YAMLError as error:
                print(f"{path.relative_to(ROOT)} left out: {error}".splitlines()[0])
                continue
            while waiting:
                item = waiting.pop()
                if isinstance(item, dict):
                    waiting += item.values()
                elif isinstance(item, list):
                    waiting += item
                elif isinstance(item, str):
                    strings.append(item)
        else:
            strings = raw.splitlines()
        for text in strings:
            for sentence in re.split(r"(?<=[。！？!?\n])|(?<=[a-z]\.)\s", text):
                plain = re.sub(r"\{#?\$?[^{}|]*\}", "", sentence).replace("{", "").replace("}", "")
                plain = plain.split("|")[0].strip()
                if len(plain) < 8 or "shuffled" in plain:
                    continue
                chinese = sum("㐀" <= c <= "鿿" for c in plain) > 0.3 * len(plain)
                found["zh" if chinese else "en"].append(plain)
    return {lang: sorted(set(texts)) for lang, texts in found.items()}


def train_order() -> None:
    from touchstone.engine.grading.word_order import likeness, steps

    rng = random.Random(SEED)
    model = {}
    for lang, sentences in own_texts().items():
        rng.shuffle(sentences)
        half = int(len(sentences) * 0.75)
        odds = pair_odds(sentences[:half], rng)
        rows, labels = [], []
        for text in passages(sentences[half:], rng):
            words = read(text).words
            mixed = read(("" if lang == "zh" else " ").join(shuffled(words, rng))).words
            for label, variant in ((0, words), (1, mixed)):
                rows.append([likeness(steps(variant, odds.common), odds)])
                labels.append(label)
        fit = LogisticRegression().fit(rows, labels)
        wrong = 1 - fit.score(rows, labels)
        print(
            f"{lang}: {len(sentences)} sentences, {len(labels)} held-out texts, error {wrong:.3f}"
        )
        fitted_odds = replace(
            odds,
            intercept=round(float(fit.intercept_[0]), 4),
            slope=round(float(fit.coef_[0][0]), 4),
        )
        model[lang] = {**asdict(fitted_odds), "common": sorted(odds.common)}
    write("order_model.json", model)


def passages(sentences: list[str], rng: random.Random) -> list[str]:
    out, at = [], 0
    while at < len(sentences):
        size = rng.choice((1, 1, 2, 3))
        out.append("".join(sentences[at : at + size]))
        at += size
    return out


def shuffled(words: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """Words in random order: without marks, with marks among them, or with marks left in place."""
    kind = rng.randrange(3)
    if kind == 0:
        words = tuple(w for w in words if w[0].isalnum())
    if kind < 2:
        return tuple(rng.sample(words, len(words)))
    places = [i for i, w in enumerate(words) if w[0].isalnum()]
    mixed = rng.sample([words[i] for i in places], len(places))
    out = list(words)
    for place, word in zip(places, mixed, strict=True):
        out[place] = word
    return tuple(out)


COMMON = 400
"""The most frequent words of a language are looked up as they are."""
BORROWED = 3
"""A pair of words is believed as much as this many sightings of its classes say beforehand."""
SKIPS = 0.4
"""What lies two apart says less than neighbours do."""
UNSEEN = -0.3
FAINT = 0.1


def pair_odds(sentences: list[str], rng: random.Random) -> Any:
    """Log odds of each pair in real against shuffled text, add-one-half smoothed; pairs of common
    words beyond what their classes say."""
    from touchstone.engine.grading.word_order import OrderModel, steps, word_class

    counted = Counter(w for s in sentences for w in read(s).words if w[0].isalpha())
    common = frozenset(w for w, _ in counted.most_common(COMMON))
    real: list[Counter[tuple[str, str]]] = [Counter(), Counter(), Counter()]
    mixed: list[Counter[tuple[str, str]]] = [Counter(), Counter(), Counter()]
    for text in passages(sentences, rng):
        found = steps(read(text).words, common)
        _count(real, found)
        for _ in range(4):
            inner = found[1:-1]
            _count(mixed, [found[0], *rng.sample(inner, len(inner)), found[-1]])
    for counts in mixed:
        for pair in counts:
            counts[pair] /= 4  # type: ignore[assignment]

    def odds(level: int) -> dict[tuple[str, str], float]:
        seen = real[level], mixed[level]
        return {
            k: math.log((seen[0][k] + 0.5) / (seen[1][k] + 0.5))
            for k in seen[0] | seen[1]
            if seen[0][k] + seen[1][k] >= 2
        }

    classes, skips = odds(1), odds(2)
    words = {}
    for a, b in real[0] | mixed[0]:
        seen, chance = real[0][a, b], mixed[0][a, b]
        names = word_class(a) if a in common else a, word_class(b) if b in common else b
        if names != (a, b) and seen + chance >= 2:
            prior = classes.get(names, 0.0)
            own = math.log((seen + BORROWED * math.exp(prior)) / (chance + BORROWED))
            words[a, b] = own - prior
    return OrderModel(
        common,
        rounded(words),
        rounded(classes),
        rounded({k: SKIPS * v for k, v in skips.items()}),
        UNSEEN,
        0.0,
        1.0,
    )


def _count(counts: list[Counter[tuple[str, str]]], found: list[tuple[str, str]]) -> None:
    for (a, c), (b, d) in pairwise(found):
        counts[0][a, b] += 1
        counts[1][c, d] += 1
    counts[2].update((c, d) for (_, c), (_, d) in zip(found, found[2:], strict=False))


def rounded(odds: dict[tuple[str, str], float]) -> dict[str, float]:
    """Two decimals are enough, and what says hardly anything is left out."""
    return {f"{a} {b}": round(v, 2) for (a, b), v in sorted(odds.items()) if abs(v) >= FAINT}


def write(name: str, data: object) -> None:
    path = CONTENT / "grading" / name
    path.write_text(
        json.dumps(data, ensure_ascii=False, indent=1, separators=(",", ": ")) + "\n", "utf-8"
    )
    print(f"{path.relative_to(ROOT)} written")


DIMENSIONS = 64
WHOLE_QUESTION = 0.3
STRANGERS = 5
"""Words of one question's different points are a little related too."""


def word_groups() -> list[tuple[list[str], float]]:
    """Texts that mean the same, with the group's weight: key points, questions, concepts."""
    groups: list[tuple[list[str], float]] = []
    for path in sorted((CONTENT / "questions").glob("*.yaml")):
        loaded = yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for question in loaded["questions"] if isinstance(loaded, dict) else loaded:
            whole: list[str] = []
            for point in question["rubric"]["key_points"]:
                accept = point.get("accept") or {}
                texts = [*point["text"].values(), *accept.get("zh", []), *accept.get("en", [])]
                groups.append((texts, 1.0))
                whole += texts
            for anchor in (question.get("anchors") or {}).values():
                whole += anchor.values()
            groups.append((whole, WHOLE_QUESTION))
    for path in sorted((CONTENT / "taxonomy").glob("*.yaml")):
        loaded = yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for block in loaded if isinstance(loaded, list) else []:
            for item in (block.get("items") or {}).values():
                parts = str(item).split("|")[:3]
                names = [n.strip() for part in parts for n in part.split(";") if "=" not in n]
                groups.append((names, 1.0))
    return groups


def train_vectors() -> None:
    from scipy.sparse import csr_matrix
    from scipy.sparse.linalg import svds

    from touchstone.engine.grading.lexicon import function_words

    counted: list[Counter[str]] = []
    weights: list[float] = []
    for texts, weight in word_groups():
        counts: Counter[str] = Counter()
        for text in texts:
            tokens = read(str(text)).tokens
            counts.update({t.key for t in tokens if t.text not in function_words()})
        counted.append(counts)
        weights.append(weight)
    words = sorted({k for c in counted for k in c if not k.isdigit() and "\n" not in k})
    place = {word: row for row, word in enumerate(words)}
    cells = [
        (place[k], g, weights[g] * (1 + math.log(n)))
        for g, c in enumerate(counted)
        for k, n in c.items()
        if k in place
    ]
    rows, columns, values = (np.array(x) for x in zip(*cells, strict=True))
    total = values.sum()
    of_word, of_group = np.bincount(rows, values), np.bincount(columns, values)
    pmi = np.maximum(0.0, np.log(values * total / (of_word[rows] * of_group[columns])))
    left, strength, _right = svds(
        csr_matrix((pmi, (rows, columns))), k=DIMENSIONS, v0=np.ones(min(len(words), len(counted)))
    )
    matrix = left * np.sqrt(strength)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True) + 1e-9
    path = CONTENT / "grading" / "word_vectors.npz"
    whole = np.clip(np.round(127 * matrix), -127, 127).astype(np.int8)
    np.savez_compressed(path, words=np.array("\n".join(words)), matrix=whole)
    print(f"{len(words)} words, {len(counted)} groups, {path.stat().st_size // 1024} KiB")


def strangers(sets: list[Any], number: int) -> list[Any]:
    """Answers to questions of another kind, the best and a short one of each: fluent, of the
    trade, and worth nothing here."""
    rubric = sets[number][0]
    others = []
    for other, answers in sets:
        if other.kind != rubric.kind and other.lang == rubric.lang:
            good = sorted((a for a in answers if a.score > 2), key=lambda a: len(a.text))
            others += [good[0], good[-1]]
    step = max(1, len(others) // STRANGERS)
    chosen = others[number % step :: step][:STRANGERS]
    return [replace(answer, points={}, score=0.0) for answer in chosen]


def fitted(table: Any, truth: Any, groups: list[int], used: Any) -> tuple[dict[str, Any], Any]:
    """Weights on the features as they are, and predictions for questions held out."""
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    machine = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    held = cross_val_predict(
        machine, table[:, used], truth, groups=groups, cv=GroupKFold(9), method="predict_proba"
    )[:, 1]
    machine.fit(table[:, used], truth)
    scale, fit = machine[0], machine[1]
    slopes = fit.coef_[0] / scale.scale_
    weights = np.zeros(table.shape[1])
    weights[used] = slopes
    intercept = float(fit.intercept_[0] - (slopes * scale.mean_).sum())
    row = {
        "intercept": round(intercept, 4),
        "weights": [round(float(w), 4) for w in weights],
    }
    return row, held


def train_topic(sets: list[Any]) -> dict[str, Any]:
    from touchstone.engine.grading.grade import topic_of
    from touchstone.engine.grading.topic import AWAY

    rows, truth, groups = [], [], []
    for number, (rubric, own) in enumerate(sets):
        for answer in [a for a in own if a.score > 0] + strangers(sets, number):
            features = topic_of(rubric, answer.text)
            if features:
                rows.append(features)
                truth.append(answer.score > 0)
                groups.append(number)
    table, wanted = np.array(rows), np.array(truth)
    row, held = fitted(table, wanted, groups, np.ones(table.shape[1], dtype=bool))
    lost = (held < AWAY)[wanted].mean()
    caught = (held < AWAY)[~wanted].mean()
    print(f"topic: {len(wanted)} answers, {caught:.3f} of strangers found, {lost:.3f} lost")
    return row


def point_model(sets: list[Any]) -> dict[str, Any]:
    """All weights of point_model.json from some rubrics with their labelled answers."""
    from touchstone.engine.grading.credit import FEATURES
    from touchstone.engine.grading.grade import point_matches

    model: dict[str, Any] = {}
    for name, phrases, alone in (
        ("phrases_several", True, False),
        ("phrases_alone", True, True),
        ("text_only_several", False, False),
        ("text_only_alone", False, True),
    ):
        rows, labels, groups = [], [], []
        for number, (given, answers) in enumerate(sets):
            points = given.key_points
            if not phrases:
                points = tuple(replace(p, accept=()) for p in points)
            rubrics = [replace(given, key_points=points)]
            if alone:
                rubrics = [replace(given, key_points=(p,)) for p in points]
            for rubric in rubrics:
                for answer in answers:
                    found = point_matches(rubric, answer.text)
                    for point, match in zip(rubric.key_points, found, strict=False):
                        rows.append(match.features)
                        labels.append(answer.points[point.id] >= 0.5)
                        groups.append(number)
        table, truth = np.array(rows), np.array(labels)
        used = np.ones(len(FEATURES), dtype=bool)
        if alone:
            used[[FEATURES.index(f) for f in ("lead_words", "lead_sense", "lead_both")]] = False
        model[name], held = fitted(table, truth, groups, used)
        said = held >= 0.5
        f1 = 2 * (said & truth).sum() / (said.sum() + truth.sum())
        print(f"{name:<20} {len(truth)} points, F1 on held-out questions {f1:.3f}")
    model["topic"] = train_topic(sets)
    return model


def train_points() -> None:
    from benchmarks.grading_quality import own_answers

    write("point_model.json", point_model(own_answers()))


if __name__ == "__main__":
    np.random.seed(0)
    if "order" in sys.argv[1:]:
        train_order()
    if "vectors" in sys.argv[1:]:
        train_vectors()
    if "points" in sys.argv[1:]:
        train_points()

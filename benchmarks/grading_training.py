"""Trains what grading ships: `python benchmarks/grading_training.py order|points`.

order: word-class pairs of the product's own texts against the same texts shuffled.
points: credit per key point from matching features, on the labelled answers under
tests/engine/grading/labelled. Prints held-out figures and writes touchstone/content/grading/*.json.
"""

from __future__ import annotations

import json
import math
import random
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import yaml
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from touchstone.engine.grading.reading import read
from touchstone.engine.grading.word_order import class_pairs

CONTENT = ROOT / "touchstone" / "content"
SEED = 4040505


def own_texts() -> dict[str, list[str]]:
    """Sentences of the product's content and labelled answers, by language."""
    found: dict[str, list[str]] = {"zh": [], "en": []}
    folders = [CONTENT, ROOT / "tests" / "engine" / "grading" / "labelled"]
    files = sorted(p for f in folders for p in f.rglob("*") if p.suffix in {".yaml", ".md"})
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
    rng = random.Random(SEED)
    model = {}
    for lang, sentences in own_texts().items():
        rng.shuffle(sentences)
        half = int(len(sentences) * 0.7)
        odds, unseen = pair_odds(sentences[:half], rng)
        rows, labels = [], []
        for text in passages(sentences[half:], rng):
            words = read(text).words
            for label, variant in ((0, words), (1, shuffled(words, rng))):
                found = class_pairs(variant)
                mean = sum(odds.get(f"{a} {b}", unseen) for a, b in found) / len(found)
                rows.append([mean * math.sqrt(len(found))])
                labels.append(label)
        fit = LogisticRegression().fit(rows, labels)
        wrong = 1 - fit.score(rows, labels)
        print(
            f"{lang}: {len(sentences)} sentences, {len(labels)} held-out texts, error {wrong:.3f}"
        )
        model[lang] = {
            "intercept": round(float(fit.intercept_[0]), 4),
            "slope": round(float(fit.coef_[0][0]), 4),
            "unseen": round(unseen, 4),
            "pairs": {k: round(v, 3) for k, v in sorted(odds.items())},
        }
    write("order_model.json", model)


def passages(sentences: list[str], rng: random.Random) -> list[str]:
    out, at = [], 0
    while at < len(sentences):
        size = rng.choice((1, 1, 2, 3))
        out.append("".join(sentences[at : at + size]))
        at += size
    return out


def shuffled(words: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """Words in random order; half of the time the marks stay where they are."""
    if rng.random() < 0.5:
        words = tuple(w for w in words if w[0].isalnum())
        return tuple(rng.sample(words, len(words)))
    places = [i for i, w in enumerate(words) if w[0].isalnum()]
    mixed = rng.sample([words[i] for i in places], len(places))
    out = list(words)
    for place, word in zip(places, mixed, strict=True):
        out[place] = word
    return tuple(out)


def pair_odds(sentences: list[str], rng: random.Random) -> tuple[dict[str, float], float]:
    """Log odds of each class pair in shuffled against real text, add-one-half smoothed."""
    real: Counter[str] = Counter()
    mixed: Counter[str] = Counter()
    for text in passages(sentences, rng):
        words = read(text).words
        real.update(f"{a} {b}" for a, b in class_pairs(words))
        for _ in range(3):
            mixed.update(f"{a} {b}" for a, b in class_pairs(shuffled(words, rng)))
    total_real, total_mixed = sum(real.values()), sum(mixed.values())
    kept = [k for k in real | mixed if real[k] + mixed[k] / 3 >= 2]
    odds = {
        k: math.log((mixed[k] + 1.5) / (total_mixed + 1.5))
        - math.log((real[k] + 0.5) / (total_real + 0.5))
        for k in kept
    }
    return odds, 0.35


def write(name: str, data: object) -> None:
    path = CONTENT / "grading" / name
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{path.relative_to(ROOT)} written")


if __name__ == "__main__":
    np.random.seed(0)
    if "order" in sys.argv[1:]:
        train_order()

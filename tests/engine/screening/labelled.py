"""Resumes with what experienced recruiters would recommend, by competency model."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from touchstone.engine.profiles.model import (
    CompetencyModel,
    load_model_yaml,
    model_templates,
    parse_model,
)
from touchstone.engine.resumes.document import Document, language_of
from touchstone.engine.resumes.parse import parse
from touchstone.engine.screening.screen import ScreeningResult, screen

DATA = Path(__file__).parent / "data"
AS_OF = dt.date(2026, 11, 1)
ORDER = ("decline", "review", "advance")


@dataclass(frozen=True)
class Labelled:
    """A resume under one model with its label."""

    id: str
    text: str
    model: str
    label: str
    stuffed: bool
    held_out: bool


@functools.cache
def models() -> dict[str, CompetencyModel]:
    found = {key: parse_model(document) for key, document in model_templates().items()}
    for path in sorted((DATA / "models").glob("*.yaml")):
        found[path.stem] = load_model_yaml(path.read_bytes(), path.name)
    return found


@functools.cache
def labelled() -> tuple[Labelled, ...]:
    return tuple(_read())


def _read() -> Iterator[Labelled]:
    for path in sorted(DATA.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            for model, label in row["labels"].items():
                yield Labelled(
                    row["id"],
                    row["text"],
                    model,
                    label,
                    "stuffed" in row.get("tags", ()),
                    path.stem.startswith("heldout"),
                )


def screened(text: str, model: CompetencyModel, flags: Iterable[str] = ()) -> ScreeningResult:
    document = Document(text=text, kind="txt", lang=language_of(text), flags=tuple(flags))
    return screen(text, parse(document, AS_OF), model, as_of=AS_OF, flags=document.flags)


@functools.cache
def results() -> tuple[tuple[Labelled, ScreeningResult], ...]:
    return tuple((item, screened(item.text, models()[item.model])) for item in labelled())


def quadratic_kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Agreement of two raters on three ordered labels (Cohen 1968, quadratic weights)."""
    places = [(ORDER.index(a), ORDER.index(b)) for a, b in pairs]
    n = len(places)
    seen = sum((a - b) ** 2 for a, b in places) / n
    left, right = Counter(a for a, _ in places), Counter(b for _, b in places)
    chance = sum((a - b) ** 2 * left[a] * right[b] for a in left for b in right) / n**2
    return 1 - seen / chance

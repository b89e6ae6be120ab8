"""What a reader's process makes of one file: fields, text, geometry, and its screening.

Imported by processes that read strangers' files, so it imports engines only, and no database.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from touchstone.common.messages import Lang, Message, render
from touchstone.engine.profiles.model import CompetencyModel, parse_model
from touchstone.engine.resumes.isolated import ReaderPool, Reading
from touchstone.engine.resumes.row import parse_row

if TYPE_CHECKING:
    from touchstone.engine.screening.screen import ScreeningResult
    from touchstone.engine.text.taxonomy import Taxonomy

LANGS: tuple[Lang, ...] = ("zh", "en")
NOT_SCREENED = "screening_failed"
# What databases refuse in text; replaced one for one, so that offsets hold.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file as read.

    Attributes:
        row: a row of `touchstone parse`, ready for JSON.
        text: what a person sees in it.
        geometry: pages and boxes, packed; empty where the format has none.
        screening: a row of `touchstone screen`; None without a model.
    """

    row: dict[str, Any]
    text: str = field(repr=False)
    geometry: bytes = field(repr=False)
    screening: dict[str, Any] | None = None


def reader_pool(
    as_of: dt.date,
    document: dict[str, Any] | None,
    *,
    layer: Mapping[str, Any] | None = None,
    workers: int = 0,
) -> ReaderPool:
    """Processes that read files and screen them against a model.

    Args:
        as_of: what "until now" means in a resume.
        document: MODEL.yaml as data; None reads without screening.
        layer: the company's own concepts over the shipped ones.
        workers: processes; 0 for all cores.
    """
    model = json.dumps(document, ensure_ascii=False) if document else ""
    own = json.dumps(layer, ensure_ascii=False) if layer else ""
    then = functools.partial(read_and_screen, model=model, as_of=as_of, layer=own)
    return ReaderPool(as_of, then=then, workers=workers, geometry=True)


def read_and_screen(reading: Reading, *, model: str, as_of: dt.date, layer: str = "") -> ReadFile:
    """Runs in the reader's process. ``model`` is MODEL.yaml as JSON, or empty; so is ``layer``."""
    concepts = _concepts(layer)
    row = storable(parse_row(reading, concepts=concepts))
    if reading.document.detail:
        row["message"] = stored(reading.document.detail)
    text = _UNSTORABLE.sub("\ufffd", reading.document.text)
    screening = None
    if model:
        try:
            screening = _screening(text, reading, model, as_of, concepts)
        except Exception:  # noqa: BLE001 - a fault of ours: the reading stands, and a flag says so
            row["flags"] = sorted({*row["flags"], NOT_SCREENED})
    return ReadFile(row, text, reading.document.geometry(), screening)


def _screening(
    text: str, reading: Reading, model: str, as_of: dt.date, concepts: Taxonomy
) -> dict[str, Any]:
    from touchstone.engine.screening.screen import screen

    result = screen(
        text,
        reading.resume,
        _model(model),
        as_of=as_of,
        flags=reading.document.flags,
        concepts=concepts,
    )
    return kept_row(result)


def kept_row(result: ScreeningResult) -> dict[str, Any]:
    """The row of `touchstone screen` as it is kept, with its reasons in both languages."""
    row: dict[str, Any] = storable(result.row())
    row["reasons_in"] = {
        lang: storable([render(message, lang) for message in result.reasons]) for lang in LANGS
    }
    return row


@functools.lru_cache(maxsize=4)
def _concepts(layer: str) -> Taxonomy:
    from touchstone.engine.text.layer import layered

    return layered(json.loads(layer) if layer else {})


@functools.lru_cache(maxsize=4)
def _model(document: str) -> CompetencyModel:
    return parse_model(json.loads(document))


def storable(value: Any) -> Any:
    """The value with the characters replaced that no database stores."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def stored(message: Message) -> dict[str, Any]:
    """A message as it is kept: words are chosen when it is shown."""
    args = {
        key: stored(value) if isinstance(value, Message) else storable(value)
        for key, value in message.args.items()
    }
    return {"id": message.id, "args": args}

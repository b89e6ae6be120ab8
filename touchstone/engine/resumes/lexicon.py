"""The words of resumes, from `touchstone/content/resumes/`, in the shapes that lookups want."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "content" / "resumes"
_NOISE = re.compile(r"[\W\d_]+")


@functools.cache
def _loaded(name: str) -> Any:
    with (FOLDER / f"{name}.yaml").open("rb") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@functools.lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A heading without spaces, numbering and ornaments, in lower case."""
    return _NOISE.sub("", text).lower()


@functools.cache
def headings() -> dict[str, str]:
    """Kind of section by heading key, Chinese and English."""
    kinds: dict[str, str] = {}
    for kind, (zh, en) in _loaded("headings").items():
        for heading in (*zh.split(), *en):
            kinds.setdefault(heading_key(heading), kind)
    return kinds


@functools.cache
def surnames() -> tuple[frozenset[str], frozenset[str]]:
    """Single characters, and compound family names."""
    data = _loaded("surnames")
    return frozenset(data["single"].replace(" ", "")), frozenset(data["compound"].split())


@functools.cache
def not_names() -> frozenset[str]:
    """Chinese words that begin like a name."""
    return frozenset(_loaded("surnames")["not_names"].split())


@functools.cache
def words(name: str) -> frozenset[str]:
    """A list of `words.yaml`; quoted entries keep their spaces."""
    return frozenset(shlex.split(_loaded("words")[name]))


@functools.cache
def ending(name: str) -> re.Pattern[str]:
    """Matches a piece that ends with a word of that list."""
    longest = sorted(words(name), key=len, reverse=True)
    return re.compile("(?:" + "|".join(map(re.escape, longest)) + ")$")


@functools.cache
def containing(name: str) -> re.Pattern[str]:
    """Matches a whole English word of that list, in any case."""
    longest = sorted(words(name), key=len, reverse=True)
    return re.compile(
        r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, longest)) + r")(?![A-Za-z0-9])",
        re.IGNORECASE,
    )


@functools.cache
def school_hints() -> dict[str, Any]:
    """`schools.yaml`, with its lists split."""
    data = _loaded("schools")
    return {
        "independent": frozenset(data["independent_colleges"].split()),
        "short_zh": frozenset(data["short_zh"].split()),
        "short_en": frozenset(shlex.split(data["short_en"])),
        "full_zh": data["full_zh"],
    }

"""The content that reading text needs: characters, cues of polarity, concepts."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).resolve().parents[2] / "content"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Leaves every word a string: no guessing at numbers and dates, and three times as fast.
PLAIN_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@functools.cache
def read_yaml(name: str) -> dict[str, Any]:
    """A file of `touchstone/content/text/`."""
    loaded: dict[str, Any] = yaml.load((CONTENT / "text" / name).read_bytes(), Loader=LOADER)  # noqa: S506
    return loaded

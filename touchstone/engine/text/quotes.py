"""Where words that somebody claims to quote really stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SPACE = re.compile(r"\s+")


def places_of(quote: str, text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each place where a quote stands; differences of white space are forgiven."""
    bare = _SPACE.sub("", quote)
    if bare:
        for match in re.finditer(r"\s*".join(map(re.escape, bare)), text):
            yield match.span()


def verified_quotes(quotes: Sequence[str], text: str) -> list[tuple[str, int, int]]:
    """The quotes that really stand in the text, as it has them, with their first place; the others
    are dropped."""
    found = []
    for quote in quotes:
        for start, end in places_of(quote, text):
            found.append((text[start:end], start, end))
            break
    return found

"""Text as concepts are looked for in it, with the way back to the text as it is written.

Two forms, both lower case, narrow and in simplified characters:

* `flattened` has the same length as the original: for clauses, cues and contexts;
* `Normalized.text` is shorter: no space between Han characters or beside them, one space for any
  run of spaces, hyphens and underscores between Latin words, wrapped lines joined. Every
  character knows its offset in the original.

>>> normal = normalized("標 注 Fine-Tuning 数据")
>>> normal.text
'标注fine tuning数据'
>>> normal.span(2, 13)
(4, 15)
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from touchstone.engine.text.lexicon import read_yaml

HAN = "\u3400-\u9fff"
MASK = "\x01"  # stands for each character of an address
_WRAP_WIDTH = 40  # columns; a Han character takes two
# A stretch of so many lines, none wider than that share of the page, is a narrow column.
_NARROW, _NARROW_SHARE, _NARROW_FULL, _LINES = 20, 0.62, 0.85, 6
_WRAP_SHARE = 0.75  # of the widest line; a shorter one ended by itself
# Characters that nearly every resume in traditional characters has, and others have not.
_TRADITIONAL = re.compile("[學經歷電話業務資訊號碼應徵國標註數據員區語練習專實證書]")
_FEW_TRADITIONAL = 4
_SPACES = (0x3000, 0xA0, 0x2002, 0x2003, 0x2009, 0x200A, 0x202F)
_DASHES = (0x2010, 0x2011, 0x2012, 0x2013, 0x2212)
# What comes first is a set of characters, by which `re` leaps to where a match may begin.
_JOINTS = re.compile(
    r"[ _\-\n](?:"
    rf"(?<=[{HAN}] ) *(?=[{HAN}a-z0-9.])"
    rf"|(?<=[a-z0-9+#] ) *(?=[{HAN}])"
    r"|(?<=[a-z0-9][ _\-])[ _\-]*(?=[a-z0-9])"
    rf"|(?<=[{HAN}a-z0-9,，、]\n)(?=[{HAN}a-z0-9])"
    ")"
)
_STOPS = frozenset("。；;:：!！?？.")
# A line that ends so goes on below, however short it is.
_GOES_ON_SIGNS = frozenset(",，、和与及或")
_GOES_ON = re.compile(r"\b(?:and|or|with|to|of|the|in|for|an?|by|using|on|at|from|[a-z]{2,}ing)$")
_LONGEST_WORD = 32
_OPENS_ITEM = re.compile(
    r"\s*(?:[•●○◦▪■□◆◇➢►▶✓√★☆·*\-–—]|[(（]?\d{1,2}[)）.、]|[①-⑳]|(?:19|20)\d\d\s*[./年\-]"
    r"|(?:工作|教育|项目|实习|任职)(?:经历|经验|背景|履历)\s*[:：\s(\d]|(?:教育|学历|工作|技能)\s*[:：])"
)
# Addresses and links say nothing about skills: "python@example.com", "github.com/someone".
_AT = re.compile(r"@[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,5}\.[a-z]{2,24}")
_USER_CHARS, _USER_SIGNS = 64, frozenset("_.+-")
_LINK = re.compile(r"(?:https?://|www\.)[^\s，。；、）)]+")
_HOST = re.compile(
    r"(?<![\w.])(?:[a-z0-9\-]{1,63}\.){1,5}(?:com|cn|org|edu|github\.io)(?:/[^\s，。；、）)]*|(?![\w.]))"
)
_HOST_ENDS = (".com", ".cn", ".org", ".edu", ".io")


@dataclass(frozen=True, slots=True)
class Normalized:
    """``text`` with the offset in the original of each of its characters."""

    text: str
    flat: str
    original: str
    offsets: tuple[int, ...] | list[int] = field(repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of ``text[start:end]``; ``end`` must be past ``start``."""
        return self.offsets[start], self.offsets[end - 1] + 1


@functools.cache
def _characters() -> dict[int, int]:
    characters = read_yaml("traditional.yaml")
    old = characters["traditional"].replace("\n", "")
    new = characters["simplified"].replace("\n", "")
    return {ord(a): ord(b) for a, b in zip(old, new, strict=True)}


@functools.cache
def _table() -> dict[int, int]:
    table = dict(_characters())
    table |= {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    table |= {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
    table |= {code: code + 32 for code in range(0x41, 0x5B)}
    table |= dict.fromkeys(_SPACES, 0x20)
    table |= dict.fromkeys(_DASHES, 0x2D)
    return table


def flattened(text: str) -> str:
    """``text`` of the same length: lower-case ASCII, narrow forms, simplified characters."""
    return text.translate(_table())


def simplified(text: str) -> str:
    """``text`` in simplified characters, of the same length; itself where it has no others."""
    if len(_TRADITIONAL.findall(text)) < _FEW_TRADITIONAL:
        return text
    return text.translate(_characters())


def is_wrapped(flat: str, newline: int) -> bool:
    """Whether the line that ends at ``newline`` goes on below: it is full and no stop ends it."""
    known = _wrapped(flat)
    found = known.get(newline)
    if found is None:
        found = known[newline] = _is_wrapped(flat, newline)
    return found


@functools.lru_cache(maxsize=4)
def _wrapped(_flat: str) -> dict[int, bool]:
    """What is known of the lines of a text: they are asked about more than once."""
    return {}


def _is_wrapped(flat: str, newline: int) -> bool:
    first = flat.rfind("\n", 0, newline) + 1
    line = flat[first:newline]
    said = line.rstrip()
    goes_on = said[-1:] in _GOES_ON_SIGNS or (
        said[-1:].isascii() and _GOES_ON.search(said, max(0, len(said) - _LONGEST_WORD))
    )
    if goes_on and not _OPENS_ITEM.match(flat, newline + 1):
        return flat[newline + 1 : newline + 2].strip() != ""
    if 2 * len(line) < _NARROW or said[-1:] in _STOPS:
        return False
    if _columns(line) < _full_line(flat, first):
        return False
    return not _OPENS_ITEM.match(flat, newline + 1)


def _columns(line: str) -> int:
    # A Han character takes three bytes and two columns; counting bytes is many times faster.
    if line.isascii():
        return len(line)
    return (len(line) + len(line.encode("utf-8", "replace"))) // 2


def _full_line(flat: str, offset: int) -> float:
    """Columns from which the line at ``offset`` may be one that was wrapped."""
    starts, widths = _full_lines(flat)
    return widths[bisect_right(starts, offset) - 1]


@functools.lru_cache(maxsize=4)
def _full_lines(flat: str) -> tuple[list[int], list[float]]:
    """The same by stretches between blank lines: a narrow column is full sooner than the page."""
    stretches = flat.split("\n\n")
    widest = [max(map(_columns, stretch.split("\n"))) for stretch in stretches]
    usual = max(_WRAP_WIDTH, _WRAP_SHARE * max(widest))
    starts: list[int] = []
    widths: list[float] = []
    offset = 0
    for stretch, width in zip(stretches, widest, strict=True):
        column = _NARROW <= width < _NARROW_SHARE * max(widest) and stretch.count("\n") >= _LINES
        starts.append(offset)
        widths.append(_NARROW_FULL * width if column else usual)
        offset += len(stretch) + 2
    return starts, widths


def normalized(text: str) -> Normalized:
    """Both forms of a text; addresses and links are blanked out."""
    flat = flattened(text)
    return _joined(_without_addresses(flat), flat, text)


def _without_addresses(flat: str) -> str:
    """Mail addresses, links and hosts blanked out; each is looked for only where it may be."""
    masked = flat
    if "@" in masked:
        parts, done = [], 0
        for match in _AT.finditer(masked):
            at = start = match.start()
            while start > max(done, at - _USER_CHARS) and _in_user(masked[start - 1]):
                start -= 1
            if start < at:
                parts += [masked[done:start], MASK * (match.end() - start)]
                done = match.end()
        masked = "".join([*parts, masked[done:]])
    if "://" in masked or "www." in masked:
        masked = _LINK.sub(_blank, masked)
    if any(end in masked for end in _HOST_ENDS):
        masked = _HOST.sub(_blank, masked)
    return masked


def _in_user(character: str) -> bool:
    return character.isalnum() or character in _USER_SIGNS


def _blank(match: re.Match[str]) -> str:
    return MASK * len(match[0])


def _joined(masked: str, flat: str, text: str) -> Normalized:
    parts: list[str] = []
    offsets: list[int] = []
    done = 0
    for match in _JOINTS.finditer(masked):
        start, end = match.span()
        latin = masked[start - 1].isascii() and masked[end].isascii()
        if masked[start] == "\n" and not is_wrapped(flat, start):
            continue
        parts.append(masked[done:start])
        offsets.extend(range(done, start))
        if latin:
            parts.append(" ")
            offsets.append(start)
        done = end
    parts.append(masked[done:])
    offsets.extend(range(done, len(masked)))
    return Normalized("".join(parts), flat, text, offsets)


def key_of(name: str) -> str:
    """A name or alias in the form in which it is looked for."""
    name = name.strip()
    flat = name.lower() if name.isascii() else flattened(name)
    joined = " " in flat or "-" in flat or "_" in flat or "\n" in flat
    return _JOINTS.sub(_joint, flat) if joined else flat


def _joint(match: re.Match[str]) -> str:
    text = match.string
    return " " if text[match.start() - 1].isascii() and text[match.end()].isascii() else ""

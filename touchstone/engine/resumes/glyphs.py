"""Characters that files carry and people do not mean: mended one for one, so that offsets hold."""

from __future__ import annotations

import re
import unicodedata

DROPPED = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e"


def _mended() -> dict[int, str]:
    table: dict[int, str] = {}
    # Chrome and macOS write radicals (⽤) and compatibility forms where the ideograph is meant.
    for first, last in ((0x2E80, 0x2FDF), (0xF900, 0xFAFF)):
        for code in range(first, last + 1):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[code] = plain
    for code in (0xA0, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A):
        table[code] = " "
    table |= {0x202F: " ", 0x205F: " ", 0x2028: "\n", 0x2029: "\n", 0x0B: "\n", 0x0C: "\n"}
    table |= {0x85: "\n"}
    return table


MENDED = _mended()
WIDENED = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_ODD = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u0085\u00a0\u00ad\u2000-\u200f\u2028-\u202f"
    "\u205f-\u2064\u2e80-\u2fdf\ud800-\udfff\uf900-\ufaff\ufb00-\ufb04\ufeff\ufffe\uffff]"
)
_UNPRINTED = dict.fromkeys((*range(9), *range(14, 32), 65534, 65535, *range(8289, 8293)))
_TABLE: dict[int, str | None] = {
    **{ord(ch): None for ch in DROPPED},
    **_UNPRINTED,
    **dict.fromkeys(range(55296, 57344)),
    **MENDED,
    **WIDENED,
}


def mend(text: str) -> str:
    """``text`` without control, zero-width and direction characters, radicals as ideographs."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_TABLE) if _ODD.search(text) else text


def mend_char(char: str) -> str:
    """What ``char`` becomes: usually itself, sometimes nothing, for a ligature its letters."""
    if not _ODD.match(char):
        return char
    mended = _TABLE.get(ord(char), char)
    return mended or ""


def is_odd(text: str) -> bool:
    """Whether `mend` would change anything but line ends."""
    return _ODD.search(text) is not None

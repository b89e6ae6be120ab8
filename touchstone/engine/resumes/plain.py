"""Plain text: which encoding it is in, decided by what can be decoded and reads like text."""

from __future__ import annotations

import codecs
import re

from touchstone.common.messages import say
from touchstone.engine.resumes.document import Document, Limits, language_of
from touchstone.engine.resumes.glyphs import mend
from touchstone.engine.resumes.refusal import refuse

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BAD = re.compile("[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd\ue000-\uf8ff]")


def read_plain(data: bytes, limits: Limits, *, declared: str = "") -> Document:
    """Reads TXT or Markdown.

    Raises:
        UnreadableFile: unreadable_text where no encoding gives text, empty_file for blanks only.
    """
    text = mend(decode(data, declared=declared))
    if not text.strip():
        raise refuse("empty_file")
    cut = len(text) > limits.text_chars
    text = text[: limits.text_chars]
    return Document(
        text=text,
        kind="txt",
        status="partial" if cut else "ok",
        reason="too_much_text" if cut else "",
        detail=say("resumes.text_cut", limit=limits.text_chars) if cut else None,
        lang=language_of(text),
    )


def decode(data: bytes, *, declared: str = "") -> str:
    """Text of ``data``: by its mark, as UTF-8, UTF-16 without mark, GB18030, Big5 or Latin.

    Args:
        declared: an encoding named by the file itself, tried after UTF-8.

    Raises:
        UnreadableFile: unreadable_text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, "replace"))
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    wide = _wide(data)
    if wide:
        return _checked(data.decode(wide, "replace"))
    text = _best(data, declared)
    if text is None:
        raise refuse("unreadable_text")
    return _checked(text)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark shows as zero or CJK high bytes on one side."""
    sample = data[:4000]
    if len(sample) < 4:
        return ""
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = sample[offset::2]
        low = sample[1 - offset :: 2]
        if high.count(0) > 0.2 * len(high) and low.count(0) < 0.02 * len(low):
            return encoding
    return ""


def _best(data: bytes, declared: str) -> str | None:
    named = [declared] if declared else []
    for encoding in (*named, "gb18030", "big5", "cp1252"):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if len(_BAD.findall(text)) * 50 <= len(text):
            return text
    # One broken byte (a cut file, a bad paste) must not cost the rest.
    for encoding in ("utf-8", "gb18030"):
        text = data.decode(encoding, "replace")
        if len(_BAD.findall(text)) * 50 <= len(text):
            return text
    return None


def _checked(text: str) -> str:
    if len(_BAD.findall(text)) * 10 > len(text):
        raise refuse("unreadable_text")
    return text

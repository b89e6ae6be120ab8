"""Transcripts that people bring: WebVTT, SubRip, or lines that begin with a time.

The kind is seen from the content, not from the name. What cannot be a cue is left out; a file
without a single cue is refused by the caller.
"""

from __future__ import annotations

import html
import re

from touchstone.engine.listening.segments import Segment, trusted

CLOCK = r"(?:(\d{1,3}):)?([0-5]?\d):([0-5]\d)(?:[.,](\d{1,3}))?"
CUE = re.compile(rf"^\s*{CLOCK}\s*-->\s*{CLOCK}(?:\s.*)?$")
TYPED = re.compile(rf"^\s*[\[(（【]?{CLOCK}[\])）】]?[\s:：、-]*(.*)$")
VOICE = re.compile(r"^\s*<v(?:\.[^ \t>]*)?[ \t]+([^>]{1,80})>")
TAG = re.compile(r"</?(?:[bicuv]|ruby|rt|lang|font)\b[^>]*>|<\d[\d:.]*>")
NAME = re.compile(r"^([^\s:：，。,.!?！？]{1,20}(?: [^\s:：，。,.]{1,20}){0,2})[:：]\s*(?=\S)")
LAST_S = 8.0
"""How long the last typed line lasts, as far as anybody can say."""


def read_subtitles(text: str) -> tuple[Segment, ...]:
    """The segments of a file or of typed lines, by time; empty where there is no time in it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if any(CUE.match(line) for line in lines):
        return trusted(_cues(lines))
    return trusted(_typed(lines))


def _cues(lines: list[str]) -> list[Segment]:
    found: list[Segment] = []
    at = 0
    while at < len(lines):
        cue = CUE.match(lines[at])
        at += 1
        if cue is None:
            continue
        words: list[str] = []
        while at < len(lines) and lines[at].strip() and not CUE.match(lines[at]):
            words.append(lines[at])
            at += 1
        # SubRip without empty lines: the next cue's number is no word of this one.
        if at < len(lines) and CUE.match(lines[at]) and words and words[-1].strip().isdigit():
            words.pop()
        speaker, said = _voice("\n".join(words))
        found.append(
            Segment(_seconds(cue.groups()[:4]), _seconds(cue.groups()[4:8]), said, speaker)
        )
    return found


def _typed(lines: list[str]) -> list[Segment]:
    """Each line lasts until the next one; a line without a time goes on with the one before."""
    rows: list[tuple[float, str]] = []
    for line in lines:
        match = TYPED.match(line)
        if match:
            rows.append((_seconds(match.groups()[:4]), match[5]))
        elif rows and line.strip():
            start, said = rows[-1]
            rows[-1] = (start, f"{said} {line.strip()}")
    found = []
    for number, (start, said) in enumerate(rows):
        later = rows[number + 1][0] if number + 1 < len(rows) else start + LAST_S
        speaker, words = _voice(said)
        found.append(Segment(start, max(start, later), words, speaker))
    return found


def _voice(text: str) -> tuple[str, str]:
    """Who speaks, where it is said, and the words without markup."""
    voice = VOICE.match(text)
    words = html.unescape(TAG.sub("", VOICE.sub("", text))).lstrip("-–\u2014 \t").strip()
    if voice:
        return html.unescape(voice[1]).strip(), words
    named = NAME.match(words)
    if named and not named[1].isdigit():
        return named[1], words[named.end() :]
    return "", words


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    return (
        int(hours or 0) * 3600
        + int(minutes or 0) * 60
        + int(seconds or 0)
        + int((fraction or "0").ljust(3, "0")) / 1000
    )

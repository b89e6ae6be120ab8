"""The sound of a recording that is too large for a speech service, in pieces that it takes.

The program ``ffmpeg`` reads it, where it is installed: the picture is left out undecoded, the sound
becomes mono, and where that is still too large it is cut in silences. Files go from disk to disk,
so memory does not grow with the recording.
"""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from touchstone.common.errors import PermanentOutsideError
from touchstone.common.messages import say
from touchstone.engine.listening.segments import Segment, trusted
from touchstone.integrations.speech.client import SpeechService, transcribe
from touchstone.integrations.speech.transcript import Transcript

PIECE_TYPE = "audio/mp4"
BITS_PER_S = 48_000
ROOM_FOR_FRAMES = 0.9
"""A piece is planned this much below the limit: the container and a changing bit rate take some."""
SEARCHED = 1 / 3
"""The last third of a piece is searched for a silence to cut in."""
TIMEOUT_S = 3600.0
LARGEST_LOG = 16 * 2**20
SILENCE = re.compile(rb"silence_(start|end): (-?\d+(?:\.\d+)?)")
TIME = re.compile(rb"time=(\d+):(\d\d):(\d\d(?:\.\d+)?)")
# Named, so that no list of addresses or files passes for a recording.
DEMUXERS: Mapping[str, str] = {
    "audio/mpeg": "mp3",
    "audio/mp4": "mov",
    "audio/x-m4a": "mov",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "matroska",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "video/mp4": "mov",
    "video/webm": "matroska",
    "video/quicktime": "mov",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file with the sound from one second of the recording to another."""

    path: Path
    start_s: float
    end_s: float


def sound_program() -> str:
    """Where `ffmpeg` is; empty where it is not installed."""
    return shutil.which("ffmpeg") or ""


def sound_pieces(source: Path, folder: Path, *, media_type: str, largest: int) -> list[Piece]:
    """The sound in pieces of at most ``largest`` bytes, written to the folder.

    Raises:
        PermanentOutsideError: no program, or it finds no sound in the file.
    """
    program = sound_program()
    if not program:
        raise PermanentOutsideError(say("speech.too_large", mb=largest // 2**20))
    whole = folder / "sound.m4a"
    told = _run(
        [
            *(program, "-nostdin", "-hide_banner", "-protocol_whitelist", "file"),
            *("-f", DEMUXERS[media_type], "-i", str(source)),
            *("-map", "0:a:0", "-vn", "-ac", "1", "-ar", "16000"),
            *("-af", "silencedetect=noise=-35dB:d=0.4"),
            *("-c:a", "aac", "-b:a", str(BITS_PER_S), "-threads", "1", "-y", str(whole)),
        ],
        folder,
    )
    length_s, silences = heard_silences(told)
    size = whole.stat().st_size
    if not size or not length_s:
        raise PermanentOutsideError(say("speech.unreadable", code=0))
    if size <= largest:
        return [Piece(whole, 0.0, length_s)]
    marks = cuts(length_s, silences, length_s * largest * ROOM_FOR_FRAMES / size)
    pieces = []
    for number, (start_s, end_s) in enumerate(itertools.pairwise(marks)):
        path = folder / f"piece{number}.m4a"
        _run(
            [
                *(program, "-nostdin", "-hide_banner", "-protocol_whitelist", "file"),
                *("-ss", f"{start_s:.3f}", "-t", f"{end_s - start_s:.3f}", "-i", str(whole)),
                *("-c", "copy", "-y", str(path)),
            ],
            folder,
        )
        pieces.append(Piece(path, start_s, end_s))
    whole.unlink()
    return pieces


def transcribe_long(
    service: SpeechService,
    source: Path,
    folder: Path,
    *,
    media_type: str,
    language: str = "",
    transport: httpx.BaseTransport | None = None,
) -> Transcript:
    """The transcript of a recording larger than the service takes, with times of the whole.

    Raises:
        PermanentOutsideError: it cannot be cut, or the service refuses a piece for good.
        TemporaryOutsideError: worth another try.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in DEMUXERS:
        raise PermanentOutsideError(say("speech.media_type", kind=kind[:40]))
    pieces = sound_pieces(source, folder, media_type=kind, largest=service.largest)
    rows: list[Segment] = []
    spoken = ""
    for piece in pieces:
        found = transcribe(
            service,
            piece.path,
            media_type=PIECE_TYPE,
            language=language,
            duration_s=piece.end_s - piece.start_s,
            transport=transport,
        )
        spoken = spoken or found.language
        rows += [
            Segment(s.start_s + piece.start_s, s.end_s + piece.start_s, s.text, s.speaker)
            for s in found.segments
        ]
    length_s = pieces[-1].end_s
    return Transcript(trusted(rows, duration_s=length_s), spoken, length_s)


def cuts(length_s: float, silences: Sequence[tuple[float, float]], most_s: float) -> list[float]:
    """Where to cut, from 0 to the end: no piece longer than ``most_s``, each cut in the middle of
    the longest silence in the last part of its piece, or at the limit where nobody pauses."""
    marks = [0.0]
    while length_s - marks[-1] > most_s:
        low, high = marks[-1] + most_s * (1 - SEARCHED), marks[-1] + most_s
        inside = [(min(end, high) - max(start, low), start, end) for start, end in silences]
        length, start, end = max(inside, default=(0.0, 0.0, 0.0))
        marks.append((max(start, low) + min(end, high)) / 2 if length > 0 else high)
    return [*marks, length_s]


def heard_silences(told: bytes) -> tuple[float, list[tuple[float, float]]]:
    """How long the sound is and its silences, out of what the program said."""
    times = [int(h) * 3600 + int(m) * 60 + float(s) for h, m, s in TIME.findall(told)]
    length_s = times[-1] if times else 0.0
    silences: list[tuple[float, float]] = []
    began: float | None = None
    for which, text in SILENCE.findall(told):
        if which == b"start":
            began = max(0.0, float(text))
        elif began is not None:
            silences.append((began, float(text)))
            began = None
    if began is not None:
        silences.append((began, length_s))
    return length_s, silences


def _run(command: Sequence[str], folder: Path) -> bytes:
    """What the program said; it goes to a file, as a long talk has thousands of silences.

    Raises:
        PermanentOutsideError: it failed, or took too long.
    """
    log = folder / "said.log"
    try:
        with log.open("wb") as said:
            done = subprocess.run(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                timeout=TIMEOUT_S,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PermanentOutsideError(say("speech.unreadable", code=1)) from error
    if done.returncode:
        raise PermanentOutsideError(say("speech.unreadable", code=done.returncode))
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LARGEST_LOG))
        return file.read()

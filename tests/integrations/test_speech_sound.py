"""A recording that is too large for the speech service: cut in silences, its words stitched."""

from __future__ import annotations

import ipaddress
import itertools
import math
import resource
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchstone.common.errors import PermanentOutsideError
from touchstone.integrations.simulators.speech import SimulatedSpeech
from touchstone.integrations.speech import sound
from touchstone.integrations.speech.client import SpeechService
from touchstone.integrations.speech.sound import (
    cuts,
    heard_silences,
    sound_pieces,
    sound_program,
    transcribe_long,
)

LOCAL = (ipaddress.ip_network("127.0.0.0/8"),)
RATE = 16_000
needs_program = pytest.mark.skipif(not sound_program(), reason="ffmpeg is not installed")


@pytest.fixture
def speech() -> Iterator[SimulatedSpeech]:
    simulator = SimulatedSpeech()
    simulator.start()
    yield simulator
    simulator.stop()


def talk(path: Path, minutes: int, voiced_s: float = 50.0) -> Path:
    """A generated talk: in each minute a tone, then silence; written a second at a time."""
    tone = [int(9000 * math.sin(n * 440 * 2 * math.pi / RATE)) for n in range(RATE)]
    loud, quiet = struct.pack(f"<{RATE}h", *tone), bytes(RATE * 2)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for second in range(minutes * 60):
            file.writeframesraw(loud if second % 60 < voiced_s else quiet)
    return path


# --- where to cut


def test_a_cut_lies_in_the_middle_of_the_longest_silence_near_the_limit() -> None:
    silences = [(10.0, 12.0), (75.0, 76.0), (85.0, 89.0), (150.0, 151.0)]
    assert cuts(170.0, silences, 100.0) == [0.0, 87.0, 170.0]


def test_where_nobody_pauses_the_limit_cuts() -> None:
    assert cuts(250.0, [], 100.0) == [0.0, 100.0, 200.0, 250.0]


def test_a_short_sound_stays_whole() -> None:
    assert cuts(99.0, [(50.0, 60.0)], 100.0) == [0.0, 99.0]


@given(
    length_s=st.floats(1, 20_000),
    most_s=st.floats(30, 2_000),
    pauses=st.lists(st.tuples(st.floats(0, 20_000), st.floats(0.4, 300)), max_size=60),
)
def test_every_piece_fits_and_nothing_is_left_out(
    length_s: float, most_s: float, pauses: list[tuple[float, float]]
) -> None:
    marks = cuts(length_s, [(start, start + long) for start, long in pauses], most_s)
    assert marks[0] == 0.0
    assert marks[-1] == length_s
    for start, end in itertools.pairwise(marks):
        assert 0 < end - start <= most_s + 1e-6


def test_silences_and_length_are_read_from_what_the_program_says() -> None:
    said = (
        b"[silencedetect @ 0x1] silence_start: -0.01\n"
        b"size= 10KiB time=00:00:05.00 bitrate=\r"
        b"[silencedetect @ 0x1] silence_end: 2.5 | silence_duration: 2.51\n"
        b"[silencedetect @ 0x1] silence_start: 3600.25\n"
        b"size= 20KiB time=01:00:10.50 bitrate= 48k\n"
    )
    assert heard_silences(said) == (3610.5, [(0.0, 2.5), (3600.25, 3610.5)])
    assert heard_silences(b"nothing") == (0.0, [])


# --- with the program


def test_without_the_program_the_message_says_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "sound_program", lambda: "")
    with pytest.raises(PermanentOutsideError) as refused:
        sound_pieces(tmp_path / "x", tmp_path, media_type="audio/wav", largest=2**20)
    assert refused.value.message.id == "speech.too_large"


@needs_program
def test_a_long_recording_is_sent_in_pieces_cut_in_silences(
    speech: SimulatedSpeech, tmp_path: Path
) -> None:
    source = talk(tmp_path / "talk.wav", minutes=40)
    largest = 3 * 2**20
    service = SpeechService(f"{speech.base}/v1", speech.key, speech.model, LOCAL, largest=largest)
    folder = tmp_path / "pieces"
    folder.mkdir()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = transcribe_long(service, source, folder, media_type="audio/wav", language="zh")
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sent = [entry.detail for entry in speech.received]
    assert len(sent) >= 3
    assert all(entry["bytes"] <= largest for entry in sent)
    assert source.stat().st_size > 20 * largest
    # A few blocks of the file, never the file: it has 73 MB.
    assert grown_mb < 40
    assert found.duration_s == pytest.approx(2400, abs=1)
    # Each piece's three sentences begin where that piece does: within a silence, ten seconds long.
    starts = [segment.start_s for segment in found.segments]
    assert starts == sorted(starts)
    assert len(starts) == 3 * len(sent)
    for start in starts[3::3]:
        assert 50 <= start % 60 < 60


@needs_program
def test_pieces_lose_no_sound(tmp_path: Path) -> None:
    source = talk(tmp_path / "talk.wav", minutes=12, voiced_s=60)
    pieces = sound_pieces(source, tmp_path, media_type="audio/wav", largest=2**20)
    assert len(pieces) > 1
    assert [p.start_s for p in pieces[1:]] == [p.end_s for p in pieces[:-1]]
    again = tmp_path / "again"
    again.mkdir()
    for piece in pieces:
        (whole,) = sound_pieces(piece.path, again, media_type="audio/mp4", largest=2**24)
        assert whole.end_s == pytest.approx(piece.end_s - piece.start_s, abs=0.2)


@needs_program
@pytest.mark.parametrize("content", [b"", b"\x00" * 5000, b"#EXTM3U\nfile:///etc/passwd\n"])
@pytest.mark.parametrize("kind", ["video/mp4", "audio/webm", "audio/ogg"])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes, kind: str) -> None:
    source = tmp_path / "x"
    source.write_bytes(content)
    with pytest.raises(PermanentOutsideError) as refused:
        sound_pieces(source, tmp_path, media_type=kind, largest=1)
    assert refused.value.message.id == "speech.unreadable"

"""Sends a recording to a speech service and believes of the answer only what can be true.

The service speaks ``POST {base}/audio/transcriptions`` with ``verbose_json``, as Whisper behind an
OpenAI-compatible interface does. Calls take minutes: they belong in a job, never in a page.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say
from touchstone.engine.listening.segments import MOST_SEGMENTS, Segment, trusted
from touchstone.integrations.speech.transcript import Transcript
from touchstone.integrations.webhooks.addresses import (
    Network,
    Resolver,
    Target,
    check_target,
    system_resolver,
)

LARGEST_ANSWER = 16 * 2**20
MEDIA_TYPES: Mapping[str, str] = {
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mp4",
}
LANGUAGES: Mapping[str, str] = {"chinese": "zh", "mandarin": "zh", "english": "en"}
UNREADABLE = frozenset({400, 415, 422})


@dataclass(frozen=True, slots=True)
class SpeechService:
    """Where the service is.

    Attributes:
        base: ends before ``/audio/transcriptions``.
        networks: of the company itself; only there may plain http be spoken.
        largest: bytes that the service takes in one file.
        timeout_s: for the whole call.
    """

    base: str
    key: str
    model: str
    networks: tuple[Network, ...] = ()
    largest: int = 25 * 2**20
    timeout_s: float = 600.0


@dataclass(frozen=True, slots=True)
class _Line:
    """How a call goes out."""

    service: SpeechService
    resolver: Resolver
    transport: httpx.BaseTransport | None
    clock_s: Callable[[], float]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    start: float
    end: float
    text: str


def transcribe(
    service: SpeechService,
    source: Path | BinaryIO,
    *,
    media_type: str,
    language: str = "",
    duration_s: float | None = None,
    resolver: Resolver = system_resolver,
    transport: httpx.BaseTransport | None = None,
    clock_s: Callable[[], float] = time.monotonic,
) -> Transcript:
    """The transcript of a recording.

    Args:
        source: a file, or an open one that can be read from its beginning.
        media_type: such as ``video/mp4``; parameters behind a semicolon are left out.
        language: "zh" or "en" where it is known; empty to let the service find out.
        duration_s: of the recording, where known: what lies beyond it is not believed.

    Raises:
        PermanentOutsideError: too large, unreadable, a wrong key or address, or no transcript.
        TemporaryOutsideError: not reached, busy, or an answer that makes no sense.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        raise PermanentOutsideError(say("speech.media_type", kind=kind[:40]))
    line = _Line(service, resolver, transport, clock_s)
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _read(_sent(line, file, kind, language), duration_s)
    return _read(_sent(line, source, kind, language), duration_s)


def models_listed(service: SpeechService, *, timeout_s: float) -> None:
    """Asks for the list of models, which costs nothing: whether address and key are right.

    Raises:
        OutsideError: the address may not be reached, or the service refuses.
        httpx.HTTPError: there is no answer.
    """
    target = _target(service, "/models", system_resolver)
    with httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False) as http:
        request = http.build_request(
            "GET",
            target.url,
            headers=_headers(service, target),
            extensions={"sni_hostname": target.host},
        )
        answer = http.send(request)
    if not answer.is_success:
        raise PermanentOutsideError(say("speech.refused", code=answer.status_code))


def _sent(line: _Line, file: BinaryIO, kind: str, language: str) -> bytes:
    service = line.service
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise PermanentOutsideError(say("speech.unreadable", code=0))
    if size > service.largest:
        raise PermanentOutsideError(say("speech.too_large", mb=service.largest // 2**20))
    fields = {
        "model": service.model,
        "response_format": "verbose_json",
        "timestamp_granularities[]": "segment",
        "temperature": "0",
    }
    if language:
        fields["language"] = language
    target = _target(service, "/audio/transcriptions", line.resolver)
    timeout = httpx.Timeout(service.timeout_s, connect=3.0)
    until_s = line.clock_s() + service.timeout_s
    try:
        with (
            httpx.Client(
                timeout=timeout, transport=line.transport, follow_redirects=False, trust_env=False
            ) as http,
            http.stream(
                "POST",
                target.url,
                data=fields,
                # Never the file's own name: it may hold a person's.
                files={"file": (f"recording.{MEDIA_TYPES[kind]}", file, kind)},
                headers=_headers(service, target),
                extensions={"sni_hostname": target.host},
            ) as response,
        ):
            return _received(response, until_s, line.clock_s)
    except httpx.HTTPError as error:
        raise TemporaryOutsideError(say("speech.unreachable"), retry_after_s=30) from error


def _target(service: SpeechService, path: str, resolver: Resolver) -> Target:
    """The checked address: the request goes to it and not to what the name says a moment later."""
    parts = urlsplit(service.base)
    if parts.query or parts.fragment:
        raise PermanentOutsideError(say("webhooks.bad_url"))
    url = f"{service.base.rstrip('/')}{path}"
    return check_target(url, allowed=service.networks, resolver=resolver)


def _headers(service: SpeechService, target: Target) -> dict[str, str]:
    shown = target.host if target.port in {80, 443} else f"{target.host}:{target.port}"
    return {"Authorization": f"Bearer {service.key}", "Host": shown}


def _received(response: httpx.Response, until_s: float, clock_s: Callable[[], float]) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise _refusal(response)
    received = bytearray()
    for chunk in response.iter_bytes():
        received += chunk
        if len(received) > LARGEST_ANSWER:
            raise PermanentOutsideError(say("speech.unusable"))
        if clock_s() > until_s:
            raise TemporaryOutsideError(say("speech.unreachable"), retry_after_s=30)
    return bytes(received)


def _refusal(response: httpx.Response) -> OutsideError:
    status = response.status_code
    if status in {408, 429} or status >= 500:
        wait = response.headers.get("retry-after", "")
        seconds = min(float(wait), 3600.0) if wait.isdigit() and len(wait) < 6 else 30.0
        return TemporaryOutsideError(say("speech.busy", code=status), retry_after_s=seconds)
    if status == 413:
        return PermanentOutsideError(say("speech.too_large_there"))
    if status in UNREADABLE:
        return PermanentOutsideError(say("speech.unreadable", code=status))
    return PermanentOutsideError(say("speech.refused", code=status))


def _read(received: bytes, duration_s: float | None) -> Transcript:
    try:
        answer: Any = json.loads(received)
    except (ValueError, RecursionError) as error:
        raise TemporaryOutsideError(say("speech.unexpected"), retry_after_s=30) from error
    if not isinstance(answer, dict) or not ("segments" in answer or "text" in answer):
        raise TemporaryOutsideError(say("speech.unexpected"), retry_after_s=30)
    length = duration_s or _seconds(answer.get("duration"))
    rows = answer.get("segments")
    segments = trusted(_rows(rows if isinstance(rows, list) else []), duration_s=length)
    whole = answer.get("text")
    if not segments and isinstance(whole, str):
        segments = trusted([Segment(0.0, length or 0.0, whole)], duration_s=length)
    if not segments and rows:
        raise PermanentOutsideError(say("speech.unusable"))
    said = answer.get("language")
    language = said.strip().lower()[:20] if isinstance(said, str) else ""
    return Transcript(segments, LANGUAGES.get(language, language[:8]), length)


def _rows(rows: Sequence[Any]) -> list[Segment]:
    """The rows of the right shape; whisper's own numbers beside the three are of no use here."""
    found = []
    for raw in rows[:MOST_SEGMENTS]:
        try:
            row = _Row.model_validate(raw)
        except ValidationError:
            continue  # one broken row does not spoil the others; none left is told as unusable
        found.append(Segment(row.start, row.end, row.text))
    return found


def _seconds(value: Any) -> float | None:
    """A length as some services give it: a number, or a number as text."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None

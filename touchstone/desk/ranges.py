"""Parts of a file, as players ask for them (RFC 9110, section 14)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

SPAN = re.compile(r"bytes=(\d*)-(\d*)\Z")
BLOCK = 256 * 1024


def ranged_file(wanted: str, path: Path, content_type: str) -> HttpResponseBase:
    """The file, or the one span of it that the ``Range`` header asks for; never cached.

    Several spans, or words that are no span, get the whole file; a span outside it gets 416.
    """
    size = path.stat().st_size
    span = _span(wanted, size)
    if span is not None and span[0] > span[1]:
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, last = span or (0, size - 1)
    response = StreamingHttpResponse(
        _blocks(path, first, last - first + 1),
        content_type=content_type,
        status=206 if span else 200,
    )
    if span:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store"
    return response


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    match = SPAN.match(wanted.strip())
    if not match or match[0] == "bytes=-":
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        return (size - length, size - 1)
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    return (first, last)


async def _blocks(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        await asyncio.to_thread(file.seek, first)
        while length > 0:
            block = await asyncio.to_thread(file.read, min(BLOCK, length))
            if not block:
                return
            length -= len(block)
            yield block

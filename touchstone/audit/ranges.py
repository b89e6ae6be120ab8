"""Parts of a file, as players ask for them (RFC 9110, section 14)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from touchstone.audit.files import file_blocks
from touchstone.audit.models import StoredFile

SPAN = re.compile(r"bytes=(\d*)-(\d*)\Z")


def ranged_file(wanted: str, stored: StoredFile) -> HttpResponseBase:
    """The file, or the one span of it that the ``Range`` header asks for; never cached.

    Several spans, or words that are no span, get the whole file; a span outside it gets 416.
    """
    size = stored.size
    span = _span(wanted, size)
    if span is not None and span[0] > span[1]:
        response: HttpResponseBase = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    first, last = span or (0, size - 1)
    response = StreamingHttpResponse(
        _blocks(file_blocks(stored, first, last - first + 1)),
        content_type=stored.content_type,
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


async def _blocks(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (block := await asyncio.to_thread(next, blocks, None)) is not None:
        yield block

"""Draws one page of a stranger's file in a process of its own, within limits.

Started as ``python -m touchstone.engine.resumes.drawing PAGE DPI``: the file on standard input, a
PNG on standard output; exit status 3 where it cannot be drawn.
"""

from __future__ import annotations

import resource
import subprocess
import sys

from touchstone.common.errors import UnreadableFile
from touchstone.engine.resumes.document import Limits
from touchstone.engine.resumes.refusal import refuse

_CANNOT = 3
_MEMORY = 1024 << 20
_TIME_S = 20


def draw_isolated(data: bytes, page: int, *, dpi: int = 110) -> bytes:
    """PNG of page ``page`` (from 0) of a PDF, or of a picture.

    Raises:
        UnreadableFile: it cannot be drawn within the limits.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "touchstone.engine.resumes.drawing", str(page), str(dpi)],
            input=data,
            capture_output=True,
            timeout=_TIME_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refuse("too_slow", seconds=_TIME_S) from error
    if done.returncode or not done.stdout:
        raise refuse("broken_file")
    return done.stdout


def main(page: int, dpi: int) -> int:
    """Reads, draws, writes; the process's exit status."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, hard))
    resource.setrlimit(resource.RLIMIT_CPU, (_TIME_S, _TIME_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        png = _drawn(data, page, dpi)
    except UnreadableFile:
        return _CANNOT
    sys.stdout.buffer.write(png)
    return 0


def _drawn(data: bytes, page: int, dpi: int) -> bytes:
    from touchstone.engine.resumes.images import clean_image
    from touchstone.engine.resumes.pages import draw_page
    from touchstone.engine.resumes.sniff import kind_of

    kind = kind_of(data, "")
    if kind == "pdf":
        return draw_page(data, page, dpi=dpi, limits=Limits(pixels=4_000_000))
    if kind == "image" and page == 0:
        return clean_image(data, Limits())[0]
    raise refuse("unsupported_type", kind=kind)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2])))

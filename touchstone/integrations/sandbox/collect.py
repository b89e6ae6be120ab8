"""Brings output files out of a run's folder without trusting anything about them."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import PurePosixPath


class RefusedOutput(Exception):
    """An output that is not brought out; ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def plain_name(name: str) -> bool:
    """Whether a name stays inside the folder: relative, no ``..``, no odd characters."""
    path = PurePosixPath(name)
    return (
        0 < len(name) <= 200
        and not path.is_absolute()
        and name == str(path)
        and all(part not in {"..", "."} for part in path.parts)
        and name.isprintable()
    )


def read_output(folder_fd: int, name: str, limit_bytes: int) -> bytes:
    """The bytes of a plain file below ``folder_fd``.

    Every step is opened relative to the one before and none follows a link, so neither a link nor
    a swap in between leads elsewhere; opening a pipe does not wait.

    Raises:
        RefusedOutput: missing, not_a_plain_file, too_large or unreadable.
    """
    *folders, last = PurePosixPath(name).parts
    opened: list[int] = []
    try:
        current = folder_fd
        for folder in folders:
            current = os.open(
                folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=current
            )
            opened.append(current)
        fd = os.open(
            last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=current
        )
        opened.append(fd)
        return _bounded(fd, limit_bytes)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise RefusedOutput("missing") from error
        if error.errno in {errno.ELOOP, errno.ENOTDIR, errno.ENXIO}:
            raise RefusedOutput("not_a_plain_file") from error
        raise RefusedOutput("unreadable") from error
    finally:
        for fd in opened:
            os.close(fd)


def _bounded(fd: int, limit_bytes: int) -> bytes:
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode):
        raise RefusedOutput("not_a_plain_file")
    if about.st_size > limit_bytes:
        raise RefusedOutput("too_large")
    blocks = []
    left = limit_bytes + 1
    while left > 0 and (block := os.read(fd, min(left, 1 << 20))):
        blocks.append(block)
        left -= len(block)
    if left <= 0:
        raise RefusedOutput("too_large")
    return b"".join(blocks)

"""What every store of bytes can do.

A key is a relative path with ``/``. An object is written whole, under a name that never means other
bytes, so that writing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

BLOCK = 256 * 1024


class ObjectStore(Protocol):
    """Bytes under keys.

    Every method raises `TemporaryOutsideError` when the store cannot be reached and
    `PermanentOutsideError` when it refuses; a folder raises `OSError` instead.
    """

    def put(self, key: str, data: bytes) -> None:
        """Writes the object; whoever reads meanwhile sees all of it or nothing."""

    def put_file(self, key: str, path: Path) -> None:
        """Moves a complete file in; it is gone from ``path`` afterwards."""

    def get(self, key: str) -> bytes:
        """The whole object.

        Raises:
            FileNotFoundError: there is none.
        """

    def size(self, key: str) -> int | None:
        """Its length in bytes; None where there is no such object."""

    def blocks(self, key: str, first: int, length: int) -> Iterator[bytes]:
        """``length`` bytes from ``first`` on, in blocks of at most `BLOCK`.

        Raises:
            FileNotFoundError: there is no such object (before the first block).
        """

    def delete(self, key: str) -> None:
        """Deletes the object, if it is there."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Keys that begin with the prefix, in no order that is promised."""

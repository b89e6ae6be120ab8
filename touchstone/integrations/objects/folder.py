"""Objects as files of a folder: on one machine, or shared by several."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from touchstone.integrations.objects.store import BLOCK


class FolderStore:
    """See `ObjectStore`. Half-written files have a dot in their name and are no objects."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, data: bytes) -> None:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with fresh.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def put_file(self, key: str, path: Path) -> None:
        target = self.root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)

    def get(self, key: str) -> bytes:
        return (self.root / key).read_bytes()

    def size(self, key: str) -> int | None:
        try:
            return (self.root / key).stat().st_size
        except FileNotFoundError:
            return None

    def blocks(self, key: str, first: int, length: int) -> Iterator[bytes]:
        with (self.root / key).open("rb") as file:
            file.seek(first)
            while length > 0 and (block := file.read(min(BLOCK, length))):
                length -= len(block)
                yield block

    def delete(self, key: str) -> None:
        (self.root / key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        # Only the prefix's own folder: all the others may hold a hundred thousand files.
        for path in (self.root / prefix.rpartition("/")[0]).rglob("*"):
            key = path.relative_to(self.root).as_posix()
            if "." not in path.name and key.startswith(prefix) and path.is_file():
                yield key

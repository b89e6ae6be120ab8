"""Opening a ZIP within limits: the parts of an office document, or the members of an archive."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from touchstone.engine.resumes.document import Limits
from touchstone.engine.resumes.refusal import refuse

_CHUNK = 1 << 16
_RATIO_FROM = 1 << 20
_ENCRYPTED = 0x1
# LZMA lets a header ask for four gigabytes of dictionary.
_SUPPORTED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2}


@dataclass(slots=True)
class Allowance:
    """How many bytes may still be unpacked, by all archives of one upload together."""

    left: int


class Archive:
    """A ZIP whose members are read against one shared allowance.

    Args:
        data: the archive.
        limits: entries, ratio, and the allowance where none is given.
        allowance: shared with the archive that this one came out of.

    Raises:
        UnreadableFile: broken_archive, too_many_entries, decompression_limit (also where entries
            overlap: bytes shared by many members are how a small file becomes a large one).
    """

    def __init__(self, data: bytes, limits: Limits, allowance: Allowance | None = None) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
            raise refuse("broken_archive") from error
        self.infos = self._zip.infolist()
        self._limits = limits
        self._allowance = allowance or Allowance(limits.expanded_bytes)
        if len(self.infos) > limits.entries:
            raise refuse("too_many_entries", entries=len(self.infos), limit=limits.entries)
        self._refuse_overlap()

    def _refuse_overlap(self) -> None:
        reach = -1
        for info in sorted(self.infos, key=lambda i: i.header_offset):
            if info.header_offset < reach:
                raise refuse("decompression_limit", limit_mib=self._limits.expanded_bytes >> 20)
            reach = info.header_offset + 30 + info.compress_size

    def names(self) -> list[str]:
        return [info.filename for info in self.infos]

    def read(self, info: zipfile.ZipInfo) -> bytes:
        """The member's bytes, counted as they come, whatever its header declares.

        Raises:
            UnreadableFile: encrypted_archive, decompression_limit, broken_archive.
        """
        if info.flag_bits & _ENCRYPTED:
            raise refuse("encrypted_archive")
        if info.compress_type not in _SUPPORTED:
            raise refuse("broken_archive")
        allowed = min(
            self._allowance.left,
            max(_RATIO_FROM, info.compress_size * self._limits.expansion_ratio),
        )
        if info.file_size > allowed:
            raise refuse("decompression_limit", limit_mib=allowed >> 20)
        parts: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as member:
                while chunk := member.read(_CHUNK):
                    size += len(chunk)
                    if size > allowed:
                        raise refuse("decompression_limit", limit_mib=allowed >> 20)
                    parts.append(chunk)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
        ) as error:
            raise refuse("broken_archive") from error
        self._allowance.left -= size
        return b"".join(parts)

    def part(self, name: str) -> bytes | None:
        """The part of that name, or None where there is none."""
        try:
            return self.read(self._zip.getinfo(name))
        except KeyError:
            return None

    def matching(self, prefixes: Iterable[str], suffix: str) -> list[str]:
        """Names that begin with one of ``prefixes`` and end with ``suffix``, sorted."""
        wanted = tuple(prefixes)
        return sorted(n for n in self.names() if n.startswith(wanted) and n.endswith(suffix))

"""Files as they are handed in: single ones as they are, archives member by member.

Nothing is ever written: names are only labels. Names of Windows archives are decoded before they
are split, because the second byte of a GBK character may be a backslash.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from touchstone.common.errors import UnreadableFile
from touchstone.engine.resumes.archive import Allowance, Archive
from touchstone.engine.resumes.document import Limits
from touchstone.engine.resumes.extract import DEFAULT_LIMITS
from touchstone.engine.resumes.refusal import refuse
from touchstone.engine.resumes.sniff import kind_of

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_MAX_DIRECTORIES = 40
_MAX_NAME = 200
_CLUTTER = re.compile(
    r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|~\$|\._)", re.IGNORECASE
)
_DEVICES = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$", re.IGNORECASE)
_CONTROLS = re.compile("[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its label ("a.zip!/张三.pdf"), and its bytes or why there are none."""

    name: str
    data: bytes = field(default=b"", repr=False)
    refusal: UnreadableFile | None = None


def sources_of(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Source]:
    """The file itself, or what is in it if it is an archive, one by one."""
    if kind_of(data, name) != "zip":
        yield Source(name, data)
        return
    if len(data) > limits.expanded_bytes:
        error = refuse("too_large", mib=len(data) >> 20, limit=limits.expanded_bytes >> 20)
        yield Source(name, refusal=error)
        return
    yield from _members(data, name, limits, Allowance(limits.expanded_bytes), 1)


def _members(
    data: bytes, name: str, limits: Limits, allowance: Allowance, depth: int
) -> Iterator[Source]:
    try:
        archive = Archive(data, limits, allowance)
    except UnreadableFile as error:
        yield Source(name, refusal=error)
        return
    seen: dict[str, int] = {}
    empty = True
    for info in archive.infos:
        path = member_name(info)
        if path.endswith("/") or _CLUTTER.search(path):
            continue
        empty = False
        seen[path] = seen.get(path, 0) + 1
        label = f"{name}!/{shown_name(path)}" + (f"#{seen[path]}" if seen[path] > 1 else "")
        yield from _member(archive, info, path, label, limits, allowance, depth)
    if empty:
        yield Source(name, refusal=refuse("empty_file"))


def _member(
    archive: Archive,
    info: zipfile.ZipInfo,
    path: str,
    label: str,
    limits: Limits,
    allowance: Allowance,
    depth: int,
) -> Iterator[Source]:
    try:
        _check(info, path)
        if info.file_size > max(info.compress_size, 1) * limits.expansion_ratio > 1 << 20:
            raise refuse("decompression_limit", limit_mib=limits.input_bytes >> 20)
        if info.file_size > limits.input_bytes:
            raise refuse("too_large", mib=info.file_size >> 20, limit=limits.input_bytes >> 20)
        data = archive.read(info)
    except UnreadableFile as error:
        yield Source(label, refusal=error)
        return
    if kind_of(data, path) != "zip":
        yield Source(label, data)
    elif depth >= limits.depth:
        yield Source(label, refusal=refuse("nested_too_deep", limit=limits.depth))
    else:
        yield from _members(data, label, limits, allowance, depth + 1)


def member_name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it, with forward slashes.

    UTF-8 where flagged or where the bytes are valid UTF-8, else GB18030, else code page 437.
    """
    name = info.orig_filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        declared = _unicode_path(info.extra)
        name = declared or _decoded(raw)
    return name.replace("\\", "/")


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")


def _unicode_path(extra: bytes) -> str:
    """The name of Info-ZIP's extra field 0x7075, or ""."""
    while len(extra) >= 4:
        kind = int.from_bytes(extra[:2], "little")
        size = int.from_bytes(extra[2:4], "little")
        if kind == _UNICODE_PATH and size > 5:
            try:
                return extra[9 : 4 + size].decode("utf-8")
            except UnicodeDecodeError:
                return ""
        extra = extra[4 + size :]
    return ""


def _check(info: zipfile.ZipInfo, path: str) -> None:
    pieces = path.split("/")
    if path.startswith("/") or ".." in pieces or re.match(r"^[A-Za-z]:", path):
        raise refuse("path_traversal")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refuse("symlink")
    odd = _CONTROLS.search(path) or len(pieces) > _MAX_DIRECTORIES
    if odd or any(_DEVICES.match(piece.strip()) for piece in pieces) or not pieces[-1].strip(" ."):
        raise refuse("unsafe_name")


def shown_name(path: str) -> str:
    """A name fit to be shown: no control or direction characters, at most 200 characters."""
    clean = _CONTROLS.sub("\ufffd", path)
    return clean if len(clean) <= _MAX_NAME else "…" + clean[-_MAX_NAME:]

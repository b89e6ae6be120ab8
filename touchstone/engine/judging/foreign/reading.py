"""Strangers' bytes into text, XML and files: packed on Windows, in GBK, with control characters."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import say

MOST_ENTRIES = 50_000
MOST_BYTES = 1024 * 2**20
LARGEST_ENTRY = 256 * 2**20
UTF8_NAME = 0x800
LEFT_BEHIND = frozenset({"__MACOSX", ".git", ".svn"})
DECLARATION = re.compile(r"^\s*<\?xml[^>]*?\?>")
ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)""")
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NO_CHARACTER = re.compile(r"&#(x[0-9a-fA-F]+|\d+);")


def refuse(name: str, cause: BaseException | None = None) -> NoReturn:
    """Says that the file is none that can be read."""
    raise InvalidInput(say("judging.import_unknown", file=name), field="file") from cause


def entries(data: bytes, name: str) -> dict[str, bytes]:
    """The archive's files by safe relative path.

    Raises:
        InvalidInput: damaged, encrypted, or larger than the caps.
    """
    found: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_ENTRIES:
                refuse(name)
            for info in infos:
                path = PurePosixPath(_name(info).replace("\\", "/"))
                unsafe = path.is_absolute() or ".." in path.parts
                if info.is_dir() or unsafe or LEFT_BEHIND & set(path.parts):
                    continue
                with archive.open(info) as member:
                    content = member.read(LARGEST_ENTRY + 1)
                total += len(content)
                if len(content) > LARGEST_ENTRY or total > MOST_BYTES:
                    refuse(name)
                found[path.as_posix()] = content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error) as error:
        refuse(name, error)
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name; without the UTF-8 flag it is in whatever the packer's machine used."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    raw = info.orig_filename.split("\0")[0].encode("cp437", "replace")
    return text(raw)


def text(data: bytes) -> str:
    """Text of UTF-8 or, where it is none, of GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def xml(data: bytes, name: str) -> tuple[Element, bool]:
    """The root of an XML file, and whether characters that XML does not allow were taken out.

    Raises:
        InvalidInput: not well-formed, or with entities of its own.
    """
    declared = ENCODING.match(data)
    source = _decoded(data, declared[1].decode("ascii") if declared else "")
    clean = NO_CHARACTER.sub(_allowed, NOT_IN_XML.sub("", source))
    try:
        root = fromstring(DECLARATION.sub("", clean, count=1).encode())
    except (ParseError, DefusedXmlException, ValueError) as error:
        refuse(name, error)
    return root, clean != source


def _decoded(data: bytes, encoding: str) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if encoding.lower() in {"gb2312", "gbk", "gb18030"}:
        encoding = "gb18030"
    try:
        return data.decode(encoding) if encoding.lower() not in {"", "utf-8"} else text(data)
    except (LookupError, UnicodeDecodeError):
        return text(data)


def _allowed(match: re.Match[str]) -> str:
    code = int(match[1][1:], 16) if match[1].startswith("x") else int(match[1])
    fits = code <= 0x10FFFF and not NOT_IN_XML.match(chr(code))
    return match[0] if fits else ""

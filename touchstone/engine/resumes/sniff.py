"""What a file is, by its first bytes; the name decides only between kinds of plain text.

Recruiting sites give Word's suffix to web pages and MIME archives, so a suffix proves nothing.
"""

from __future__ import annotations

import re

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
}
_MOST_ENTRIES = 400
_PACKAGE_STARTS = {b"[Content_Types].xml", b"_rels/.rels"}
_PACKAGE_FOLDERS = (b"word/", b"docProps/", b"customXml/")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|div)[\s>]", re.IGNORECASE)
_MAIL = re.compile(rb"\A(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.IGNORECASE)
_MAIL_HEADER = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|content-type):",
    re.IGNORECASE | re.MULTILINE,
)
_MIME = re.compile(rb"^mime-version:|^content-type:\s*multipart/", re.IGNORECASE | re.MULTILINE)
TEXT_SUFFIXES = {"", "txt", "md", "markdown", "text", "log", "csv", "rst"}


def kind_of(data: bytes, filename: str) -> str:
    """One of pdf, zip, docx, odt, doc, rtf, html, mht, eml, image, txt, encrypted_office, unknown."""
    suffix = filename.rpartition(".")[2].lower() if "." in filename else ""
    head = data[:4096]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(_OLE):
        return "encrypted_office" if "EncryptedPackage".encode("utf-16-le") in data else "doc"
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if any(head.startswith(magic) for magic in _IMAGES) or head[8:12] == b"WEBP":
        return "image"
    return _textual(data, head, suffix)


def _zipped(data: bytes) -> str:
    names = _entry_names(data)
    if any(name.startswith(b"word/document") for name in names):
        return "docx"
    if b"[Content_Types].xml" in names and any(name.startswith(b"word/") for name in names):
        return "docx"
    if b"mimetypeapplication/vnd.oasis.opendocument.text" in data[:200]:
        return "odt"
    if b"[Content_Types].xml" in names or b"mimetypeapplication/" in data[:200]:
        return "unknown"
    return "zip"


def _entry_names(data: bytes) -> list[bytes]:
    """Names of a ZIP's first entries, by its directory or, where that is cut off, its first parts.

    A search through the bytes would not do: an archive that stores documents without packing them
    contains their names too.
    """
    end = data.rfind(b"PK\x05\x06")
    names: list[bytes] = []
    if end >= 0 and len(data) >= end + 20:
        at = int.from_bytes(data[end + 16 : end + 20], "little")
        while data[at : at + 4] == b"PK\x01\x02" and len(names) < _MOST_ENTRIES:
            name, extra, comment = (
                int.from_bytes(data[at + k : at + k + 2], "little") for k in (28, 30, 32)
            )
            names.append(data[at + 46 : at + 46 + name])
            at += 46 + name + extra + comment
    if names:
        return names
    length = int.from_bytes(data[26:28], "little")
    first = data[30 : 30 + length]
    if first in _PACKAGE_STARTS or first.startswith(_PACKAGE_FOLDERS):
        return [first, *([b"[Content_Types].xml", b"word/"] if b"word/" in data else [])]
    return [first]


def _textual(data: bytes, head: bytes, suffix: str) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        wide = "utf-16-le" if head[0] == 0xFF else "utf-16-be"
        return "html" if _HTML.search(head[2:].decode(wide, "replace").encode()) else "txt"
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    block = first.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if _MAIL.match(block) and len(_MAIL_HEADER.findall(block)) >= 2:
        if suffix in {"mht", "mhtml"} or (suffix != "eml" and _is_page_archive(block)):
            return "mht"
        if suffix == "eml" or _MIME.search(block) or b"\nReceived:" in block:
            return "eml"
    if suffix in {"html", "htm", "xhtml"} or (_HTML.search(head) and suffix not in {"txt", "md"}):
        return "html"
    if suffix == "svg" or b"<svg" in head[:1000]:
        return "unknown"
    if suffix in TEXT_SUFFIXES or _looks_like_text(data):
        return "txt"
    return "unknown"


def _is_page_archive(block: bytes) -> bool:
    head = block.partition(b"\n\n")[0].lower()
    return b"multipart/related" in head and not re.search(rb"^to:", head, re.MULTILINE)


def _looks_like_text(data: bytes) -> bool:
    sample = data[:8192]
    return b"\0" not in sample and sum(b < 9 or 13 < b < 32 for b in sample) * 100 < len(sample)

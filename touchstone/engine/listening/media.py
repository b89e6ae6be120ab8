"""What kind of recording a file is, by its first bytes and never by its name."""

from __future__ import annotations

HEAD = 64 * 1024
"""Bytes from the beginning that are looked at: containers name their tracks there."""

EBML = b"\x1aE\xdf\xa3"
DOCUMENT = b"\x42\x82"
ENDINGS = {
    "video/webm": ".webm",
    "audio/webm": ".weba",
    "video/mp4": ".mp4",
    "audio/mp4": ".m4a",
    "video/ogg": ".ogv",
    "audio/ogg": ".ogg",
}


def media_type(head: bytes) -> str:
    """The media type of WebM, MP4 or Ogg; empty where it is none of them."""
    if head.startswith(EBML):
        at = head.find(DOCUMENT, 4, 64)
        if at < 0 or head[at + 3 : at + 7] != b"webm":
            return ""
        return "video/webm" if b"\x86\x85V_" in head or b"V_VP" in head else "audio/webm"
    if head[4:8] == b"ftyp":
        silent_about_pictures = b"vide" not in head and b"soun" in head
        return "audio/mp4" if silent_about_pictures else "video/mp4"
    if head.startswith(b"OggS"):
        return "video/ogg" if b"\x80theora" in head else "audio/ogg"
    return ""

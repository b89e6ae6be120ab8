"""Cards that colleagues see in WeCom, within its limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

ACCEPT, DECLINE = "accept", "decline"
MOST_ROWS = 6
TITLE, DESC, ROW_NAME, ROW_VALUE = 36, 44, 5, 30


def task_id(*parts: str) -> str:
    """A card's task id: letters, digits, ``_-@``, unique in the app."""
    return re.sub(r"[^0-9A-Za-z_\-@]", "", "-".join(parts))[:128]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def rows_of(rows: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Named lines of a card; empty ones are left out, long ones cut."""
    return [
        {"keyname": _cut(name, ROW_NAME), "value": _cut(value, ROW_VALUE)}
        for name, value in rows
        if value
    ][:MOST_ROWS]


def reply_card(
    *,
    task: str,
    source: str,
    title: str,
    desc: str,
    rows: Sequence[tuple[str, str]],
    url: str,
    accept: str,
    decline: str,
) -> dict[str, Any]:
    """A card with two buttons, which needs a callback address.

    Args:
        accept, decline: words on the buttons, at most ten characters.
        url: opened by pressing the card itself.
    """
    return {
        "card_type": "button_interaction",
        "source": {"desc": _cut(source, 20), "desc_color": 0},
        "task_id": task,
        "main_title": {"title": _cut(title, TITLE), "desc": _cut(desc, DESC)},
        "horizontal_content_list": rows_of(rows),
        "card_action": {"type": 1, "url": url},
        "button_list": [
            {"text": _cut(accept, 10), "style": 1, "key": ACCEPT},
            {"text": _cut(decline, 10), "style": 2, "key": DECLINE},
        ],
    }


def notice_card(
    *, source: str, title: str, desc: str, rows: Sequence[tuple[str, str]], url: str
) -> dict[str, Any]:
    """A card that only tells and leads to a page."""
    return {
        "card_type": "text_notice",
        "source": {"desc": _cut(source, 20), "desc_color": 0},
        "main_title": {"title": _cut(title, TITLE), "desc": _cut(desc, DESC)},
        "horizontal_content_list": rows_of(rows),
        "card_action": {"type": 1, "url": url},
    }


def text_message(subject: str, body: str, limit_bytes: int = 2048) -> dict[str, str]:
    """Subject and body as one text, cut to the bytes that WeCom takes, never within a character."""
    text = f"{subject}\n\n{body}".strip().encode()
    if len(text) <= limit_bytes:
        return {"content": text.decode()}
    return {"content": text[: limit_bytes - 3].decode(errors="ignore") + "…"}

"""What the simulated WeCom refuses in the content of a message or a card."""

from __future__ import annotations

from typing import Any

from touchstone.integrations.simulators.shapes import too_long

INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
Body = dict[str, Any]


class Refused(Exception):
    """The platform's error answer."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_content(kind: str, content: Body) -> None:
    """Raises `Refused` with the platform's code where a message's content is not as it takes it."""
    if kind == "textcard":
        if too_long(content["title"], 128) or too_long(content["description"], 512):
            raise Refused(45002, "content size out of limit")
        if not content["url"].startswith(("http://", "https://")):
            raise Refused(40058, "url without scheme")
        if too_long(content.get("btntxt", ""), 4):
            raise Refused(40058, "btntxt too long")
    elif kind in {"text", "markdown"}:
        if not content["content"]:
            raise Refused(44004, "empty content")
        if kind == "markdown" and too_long(content["content"], 2048, in_bytes=True):
            raise Refused(45002, "content size out of limit")
    else:
        _check_card(content)


def _check_card(card: Body) -> None:
    kind = card["card_type"]
    title = card.get("main_title", {})
    if kind in {"text_notice", "news_notice"} and "card_action" not in card:
        raise Refused(42045, "card_action missing")
    if kind in INTERACTIVE and "task_id" not in card:
        raise Refused(42016, "task_id missing")
    if kind == "button_interaction" and not title.get("title"):
        raise Refused(41016, "title missing")
    if too_long(title.get("title", ""), 36) or too_long(title.get("desc", ""), 44):
        raise Refused(45002, "main_title too long")
    if too_long(card.get("sub_title_text", ""), 160):
        raise Refused(45002, "sub_title_text too long")
    rows = card.get("horizontal_content_list", [])
    if len(rows) > 6 or any(too_long(row["keyname"], 5) for row in rows):
        raise Refused(42035, "horizontal_content_list")
    buttons = card.get("button_list", [])
    if kind == "button_interaction" and not 1 <= len(buttons) <= 6:
        raise Refused(42039, "button_list")
    keys = [b.get("key", "") for b in buttons if b.get("type", 0) == 0]
    if len(set(keys)) != len(keys) or not all(keys):
        raise Refused(42039, "button key")
    if any(too_long(b["text"], 10) for b in buttons):
        raise Refused(45002, "button text too long")
    if len(card.get("jump_list", [])) > 3:
        raise Refused(42028, "jump_list")

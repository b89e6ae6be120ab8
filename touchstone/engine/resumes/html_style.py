"""Which elements of a page its styles hide: inline, by attribute, and by simple selectors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"^(?P<tag>[A-Za-z][\w-]*)?(?P<sub>(?:[.#][\w-]+)*)$")
_NUMBER = re.compile(r"^(-?\d*\.?\d+)\s*(px|pt|em|rem|%|vw|vh)?$")
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+%?))?\s*\)")
_WHITE = {"white", "#fff", "#ffffff", "transparent", "snow", "ivory", "ghostwhite", "whitesmoke"}
_TINY_PX = 2.0
_FAR_PX = -500.0


@dataclass(frozen=True, slots=True)
class Selectors:
    """Declarations by tag, class and id, from the page's own style sheets."""

    rules: tuple[tuple[str, frozenset[str], str, dict[str, str]], ...] = field(default=())


def declarations(text: str) -> dict[str, str]:
    """``{"color": "white"}`` of ``color: White !important;``."""
    found = {}
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def hidden_selectors(root: Any) -> Selectors:
    """The rules of the page's style sheets that set anything that can hide."""
    rules = []
    for node in root.iter("style"):
        sheet = _COMMENT.sub("", "".join(node.itertext()))[:200_000]
        for selectors, body in _RULE.findall(sheet):
            style = declarations(body)
            if not style.keys() & _HIDING:
                continue
            for selector in selectors.split(","):
                last = selector.strip().split()[-1:] or [""]
                match = _SIMPLE.match(last[0])
                if match and "@" not in selector:
                    sub = re.findall(r"[.#][\w-]+", match["sub"])
                    classes = frozenset(s[1:] for s in sub if s[0] == ".")
                    ident = next((s[1:] for s in sub if s[0] == "#"), "")
                    tag = (match["tag"] or "").lower()
                    if tag not in {"body", "html"}:
                        rules.append((tag, classes, ident, style))
    return Selectors(tuple(rules))


_HIDING = {
    *(
        [
            "display",
            "visibility",
            "opacity",
            "color",
            "font-size",
            "font",
            "left",
            "top",
            "text-indent",
            "position",
        ]
    ),
    *(
        [
            "clip",
            "clip-path",
            "width",
            "height",
            "overflow",
            "background",
            "background-color",
            "mso-hide",
        ]
    ),
}


def hidden_cause(node: Any, selectors: Selectors) -> str:
    """ "css_hidden", "white", "tiny", "off_page" or "" for an element seen."""
    attributes = node.attrib
    if "hidden" in attributes and node.tag != "details":
        return "css_hidden"
    style = _style_of(node, selectors)
    if node.tag == "font" and "color" in attributes:
        style.setdefault("color", attributes["color"].strip().lower())
    if not style:
        return ""
    return (
        _not_shown(style) or _elsewhere(style) or _too_small(style) or _pale(node, style, selectors)
    )


def _style_of(node: Any, selectors: Selectors) -> dict[str, str]:
    style: dict[str, str] = {}
    if selectors.rules:
        classes = set(node.get("class", "").split())
        ident = node.get("id", "")
        for tag, wanted, wanted_id, body in selectors.rules:
            if not (tag or wanted or wanted_id) or (tag and tag != node.tag):
                continue
            if wanted <= classes and (not wanted_id or wanted_id == ident):
                style.update(body)
    inline = node.get("style")
    if inline:
        style.update(declarations(inline))
    return style


def _not_shown(style: dict[str, str]) -> str:
    if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
        return "css_hidden"
    if style.get("mso-hide") == "all" or _number(style.get("opacity", "1"), 1.0) <= 0.05:
        return "css_hidden"
    clipped = style.get("overflow") == "hidden" and (
        _number(style.get("height", "9"), 9.0) <= 1 or _number(style.get("width", "9"), 9.0) <= 1
    )
    hidden_clip = style.get("clip", "").replace(" ", "") in {
        "rect(0,0,0,0)",
        "rect(0px,0px,0px,0px)",
    }
    return "css_hidden" if clipped or hidden_clip else ""


def _elsewhere(style: dict[str, str]) -> str:
    if _number(style.get("text-indent", "0"), 0.0) < _FAR_PX:
        return "off_page"
    if style.get("position") in {"absolute", "fixed"} and any(
        _number(style.get(side, "0"), 0.0) < _FAR_PX for side in ("left", "top")
    ):
        return "off_page"
    return ""


def _too_small(style: dict[str, str]) -> str:
    size = style.get("font-size", "")
    match = _NUMBER.match(size)
    if not match:
        return ""
    factor = {"em": 16.0, "rem": 16.0, "%": 0.16, "pt": 4 / 3}.get(match[2] or "px", 1.0)
    return "tiny" if float(match[1]) * factor < _TINY_PX else ""


def _pale(node: Any, style: dict[str, str], selectors: Selectors) -> str:
    color = style.get("color", "")
    if not color or not is_white(color):
        return ""
    if color == "transparent" or (color.startswith("rgba") and color.rstrip(") ").endswith(",0")):
        return "white"
    level = node
    while level is not None and isinstance(level.tag, str):
        own = _style_of(level, selectors)
        ground = own.get("background-color") or own.get("background") or level.get("bgcolor", "")
        if ground and ground not in {"none", "transparent", "inherit", "initial"}:
            return "white" if is_white(ground.split()[0].lower()) else ""
        level = level.getparent()
    return "white"


def is_white(color: str) -> bool:
    """Whether a CSS color cannot be told from white paper."""
    if color in _WHITE:
        return True
    match = _RGB.match(color)
    if match:
        if match[4] and _number(match[4], 1.0) == 0:
            return True
        return min(int(match[i]) for i in (1, 2, 3)) >= 245
    if color.startswith("#") and len(color) in {4, 7}:
        digits = color[1:] if len(color) == 7 else "".join(ch * 2 for ch in color[1:])
        try:
            return min(int(digits[i : i + 2], 16) for i in (0, 2, 4)) >= 245
        except ValueError:
            return False
    return False


def _number(text: str, default: float) -> float:
    match = _NUMBER.match(text)
    return float(match[1]) if match else default

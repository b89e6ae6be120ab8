"""Which runs of a Word document cannot be seen: hidden, white without a ground, or tiny."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from touchstone.engine.resumes.xml import local, parse_xml

_TINY_HALF_POINTS = 4  # below two points
_LIGHT = 245
_OFF = {"0", "false", "off", "none"}


@dataclass(frozen=True, slots=True)
class Style:
    """What of a style can hide text; None where it says nothing."""

    vanish: bool | None = None
    color: str | None = None
    half_points: float | None = None
    based_on: str = ""

    def over(self, base: Style) -> Style:
        """This style on top of ``base``."""
        return Style(
            base.vanish if self.vanish is None else self.vanish,
            base.color if self.color is None else self.color,
            base.half_points if self.half_points is None else self.half_points,
        )


def _value(node: Any) -> str | None:
    for key, value in node.attrib.items():
        if key.rpartition("}")[2] == "val":
            return str(value)
    return None


def _properties(rpr: Any) -> tuple[Style, str]:
    """What an rPr sets, and the character style it names."""
    style = Style()
    named = ""
    for child in rpr:
        name, value = local(child), _value(child)
        if name in {"vanish", "specVanish"}:
            style = replace(style, vanish=(value or "1").lower() not in _OFF)
        elif name == "color" and value:
            style = replace(style, color=value)
        elif name == "sz" and value:
            style = replace(style, half_points=_float(value))
        elif name == "rStyle" and value:
            named = value
    return style, named


def _float(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


class Styles:
    """The document's styles by id."""

    def __init__(self, by_id: dict[str, Style]) -> None:
        self._by_id = by_id

    @classmethod
    def read(cls, xml: bytes | None) -> Styles:
        by_id: dict[str, Style] = {}
        if xml:
            for node in parse_xml(xml):
                if local(node) != "style":
                    continue
                style, base = Style(), ""
                for child in node:
                    if local(child) == "rPr":
                        style, _ = _properties(child)
                    elif local(child) == "basedOn":
                        base = _value(child) or ""
                ident = next((v for k, v in node.attrib.items() if k.endswith("styleId")), "")
                by_id[ident] = replace(style, based_on=base)
        return cls(by_id)

    def named(self, ident: str) -> Style:
        """The style with what it is based on."""
        chain: list[Style] = []
        while ident and ident in self._by_id and len(chain) < 12:
            chain.append(self._by_id[ident])
            ident = self._by_id[ident].based_on
        style = Style()
        for level in reversed(chain):
            style = level.over(style)
        return style

    def of_paragraph(self, paragraph: Any) -> Style:
        for child in paragraph:
            if local(child) == "pPr":
                for item in child:
                    if local(item) == "pStyle":
                        return self.named(_value(item) or "")
        return Style()

    def hidden_run(self, run: Any, paragraph: Style, ground: str) -> str:
        """ "word_hidden", "white", "tiny" or "" for a run that is seen."""
        style, shade = paragraph, ""
        for child in run:
            if local(child) == "rPr":
                own, named = _properties(child)
                style = own.over(self.named(named).over(paragraph))
                shade = shade_in(child)
        if style.vanish:
            return "word_hidden"
        if style.half_points is not None and style.half_points < _TINY_HALF_POINTS:
            return "tiny"
        if style.color and is_light(style.color):
            behind = shade or ground
            return "" if behind and not is_light(behind) else "white"
        return ""


def is_light(color: str) -> bool:
    """Whether six hex digits (or a name) cannot be told from white."""
    if len(color) == 6:
        try:
            return min(int(color[i : i + 2], 16) for i in (0, 2, 4)) >= _LIGHT
        except ValueError:
            return False
    return color.lower() == "white"


def shade_in(properties: Any) -> str:
    """The fill of a ``shd`` or a highlight among ``properties``."""
    for child in properties:
        name = local(child)
        if name == "shd":
            fill = next((v for k, v in child.attrib.items() if k.endswith("}fill")), "")
            if fill and fill != "auto":
                return str(fill)
        elif name == "highlight":
            return _value(child) or ""
    return ""


def shade_of(node: Any, holder: str) -> str:
    """The fill of a paragraph (``pPr``) or a cell (``tcPr``)."""
    for child in node:
        if local(child) == holder:
            return shade_in(child)
    return ""

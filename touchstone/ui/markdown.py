"""Statements of tasks and materials: Markdown with simple formulas, made safe to show."""

from __future__ import annotations

import functools
import re

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS = {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote"),
    *("table", "thead", "tbody", "tr", "th", "td", "sub", "sup", "br", "hr", "i"),
    "img",
}
IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+\Z")
FORMULA = re.compile(r"\$\$?([^$\n]+?)\$\$?")
SIGNS = {
    r"\le": "≤", r"\leq": "≤", r"\ge": "≥", r"\geq": "≥", r"\ne": "≠", r"\neq": "≠",
    r"\times": "×", r"\cdot": "·", r"\ldots": "…", r"\dots": "…", r"\cdots": "…", r"\pm": "±",
    r"\approx": "≈", r"\in": "∈", r"\sum": "Σ", r"\infty": "∞", r"\log": "log", r"\min": "min",
    r"\max": "max", r"\alpha": "α", r"\beta": "β", r"\kappa": "κ", r"\lambda": "λ", r"\mu": "μ",
    r"\sigma": "σ", r"\theta": "θ", r"\epsilon": "ε", r"\lvert": "|", r"\rvert": "|",
    r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\to": "→", r"\{": "{",
    r"\}": "}", r"\,": " ", r"\;": " ", r"\ ": " ", r"\quad": " ", r"\_": "_", r"\%": "%",
}  # fmt: skip
COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")
ROOT = re.compile(r"\\sqrt\{([^{}]*)\}")
FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
WORDS = re.compile(r"\\(?:text|mathrm|mathit|mathbf|operatorname)\{([^{}]*)\}")
RAISED = re.compile(r"\^(?:\{([^{}]*)\}|(\S))")
LOWERED = re.compile(r"_(?:\{([^{}]*)\}|(\S))")


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def markdown(text: str) -> SafeString:
    """HTML of a Markdown text; formulas between dollars become plain signs, sub and superscripts.

    Raw HTML in the text is shown as it was written, never run.
    """
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append(formula(match[1]))
        return f"\ue000{len(formulas) - 1}\ue001"

    html = _parser().render(FORMULA.sub(keep, text))
    for number, shown in enumerate(formulas):
        html = html.replace(f"\ue000{number}\ue001", shown)
    return SafeString(
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"img": {"src", "alt"}},
            attribute_filter=_inside_images,
            url_schemes={"data"},
        )
    )


def _inside_images(tag: str, name: str, value: str) -> str | None:
    """Pictures come with the text itself; an address would tell another server who reads it."""
    if (tag, name) == ("img", "src"):
        return value if IMAGE.match(value) else None
    return value


def formula(text: str) -> str:
    """HTML of a simple formula: ``10^{-4}`` becomes 10<sup>−4</sup>."""
    plain = WORDS.sub(r"\1", text)
    plain = FRACTION.sub(r"(\1)/(\2)", ROOT.sub(r"√(\1)", plain))
    plain = COMMAND.sub(lambda m: SIGNS.get(m[0], m[0].lstrip("\\")), plain)
    shown: str = escape(plain.replace("-", "−"))
    shown = RAISED.sub(lambda m: f"<sup>{m[1] or m[2]}</sup>", shown)
    shown = LOWERED.sub(lambda m: f"<sub>{m[1] or m[2]}</sub>", shown)
    return f"<i>{shown}</i>"

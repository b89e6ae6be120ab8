"""HTML: what a browser would show, block by block; what its style sheets hide is kept apart."""

from __future__ import annotations

import re
from typing import Any

from touchstone.engine.resumes.document import Document, HiddenSpan, Limits, language_of
from touchstone.engine.resumes.glyphs import mend
from touchstone.engine.resumes.html_style import hidden_cause, hidden_selectors
from touchstone.engine.resumes.plain import decode
from touchstone.engine.resumes.refusal import refuse

_SKIPPED = {"script", "style", "noscript", "template", "head", "svg", "canvas", "object", "iframe"}
_BLOCKS = {
    *(
        [
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
        ]
    ),
    *(
        [
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
        ]
    ),
    *(["table", "tbody", "thead", "tfoot", "tr", "ul", "center"]),
}
_CELLS = {"td", "th"}
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MAX_DEPTH = 800


def read_html(data: bytes, limits: Limits, *, kind: str = "html", declared: str = "") -> Document:
    """Reads a web page or a Word file saved as one.

    Args:
        declared: the encoding its mail part names, where the page itself names none.

    Raises:
        UnreadableFile: unreadable_text, no_text.
    """
    own = _DECLARED.search(data[:4096])
    source = decode(data, declared=own.group(1).decode() if own else declared)
    text, hidden, active = visible_text(source)
    if not text.strip():
        raise refuse("no_text")
    flags = [name for name, on in (("hidden_text", hidden), ("active_content", active)) if on]
    text = text[: limits.text_chars]
    return Document(
        text=text,
        kind=kind,
        lang=language_of(text),
        hidden=tuple(hidden),
        flags=tuple(sorted(flags)),
    )


def visible_text(source: str) -> tuple[str, list[HiddenSpan], bool]:
    """What is shown, what is hidden, and whether the page carries scripts."""
    from lxml import etree

    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    # Its own declaration would be wrong now that the text is decoded.
    root = etree.fromstring(_utf8(source), parser)
    if root is None:
        return "", [], False
    walk = _Walk(hidden_selectors(root))
    walk.visit(root, pre=False, depth=0)
    active = any(True for _ in root.iter("script", "iframe", "object", "embed"))
    active = active or bool(re.search(r"\son[a-z]+\s*=", source[:200_000], re.IGNORECASE))
    return walk.text(), walk.hidden, active


def _utf8(source: str) -> bytes:
    cleaned = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    return ('<meta charset="utf-8">' + cleaned).encode("utf-8", "replace")


class _Walk:
    def __init__(self, selectors: Any) -> None:
        self.selectors = selectors
        self.parts: list[str] = []
        self.hidden: list[HiddenSpan] = []

    def text(self) -> str:
        joined = mend("".join(self.parts))
        lines = [line.strip(" ") for line in joined.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"

    def visit(self, node: Any, *, pre: bool, depth: int) -> None:
        if not isinstance(node.tag, str) or depth > _MAX_DEPTH:
            return
        tag = node.tag.lower().rpartition("}")[2]
        if tag in _SKIPPED:
            return
        cause = hidden_cause(node, self.selectors)
        if cause:
            text = _SPACES.sub(" ", "".join(node.itertext())).strip()
            if text:
                self.hidden.append(HiddenSpan(text, cause, 0, sum(map(len, self.parts))))
            return
        pre = pre or tag in {"pre", "textarea"}
        if tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS or tag == "li":
            self._end_line()
        self._words(node.text, pre)
        for child in node:
            self.visit(child, pre=pre, depth=depth + 1)
            self._words(child.tail, pre)
        if tag in _CELLS:
            self.parts.append("\t")
        elif tag in _BLOCKS:
            self._end_line()

    def _end_line(self) -> None:
        while self.parts and self.parts[-1] in {"\t", " "}:
            self.parts.pop()
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")

    def _words(self, text: str | None, pre: bool) -> None:
        if not text:
            return
        if pre:
            self.parts.append(text)
            return
        words = _SPACES.sub(" ", text)
        if words[0] == " " and (not self.parts or self.parts[-1][-1] in " \n\t"):
            words = words[1:]
        if words:
            self.parts.append(words)

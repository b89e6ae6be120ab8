"""Statements in HTML and TeX made into Markdown, with their pictures inside."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

TAGS = (
    "a|b|blockquote|br|center|code|dd|div|dl|dt|em|font|h[1-6]|hr|i|img|kbd|li|ol|p|pre|s|samp"
    "|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var"
)
MARKUP = re.compile(
    rf"</?(?:{TAGS})(?:\s[^<>]*)?/?>|&(?:#\d+|#x[0-9a-f]+|[a-z]{{2,8}});", re.IGNORECASE
)
LESS_THAN = re.compile(
    r"""<(?!/?[a-zA-Z][\w:-]*(?:\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s<>"']+))?)*\s*/?>|!--)"""
)
BLOCK = re.compile(r"<(table|pre|ul|ol|dl)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
MARKED = re.compile(r"^(#{1,6} |```)", re.MULTILINE)
FENCE = re.compile(r"(^```.*?^```[ \t]*$)", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"(`[^`\n]*`)")
IMAGE_KINDS = {
    b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp",
}  # fmt: skip
LARGEST_IMAGE = 300_000
PLACES = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)>\s]+)>?[^)]*\)")
FENCED = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
BRACED = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
TEX: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\\)%.*"), ""),
    (re.compile(r"\\begin\{(?:itemize|enumerate|center|tabular|flushleft)\}(?:\{[^{}]*\})?"), "\n"),
    (re.compile(r"\\end\{(?:itemize|enumerate|center|tabular|flushleft)\}"), "\n"),
    (re.compile(r"\s*\\item\b\s*"), "\n- "),
    (re.compile(r"\\(?:textbf|bf)" + BRACED), r"**\1**"),
    (re.compile(r"\\(?:textit|emph|it)" + BRACED), r"*\1*"),
    (re.compile(r"\\(?:texttt|t|tt)" + BRACED), r"`\1`"),
    (re.compile(r"\\(?:sub)*section\*?" + BRACED), r"\n### \1\n"),
    (re.compile(r"\\(?:url|href)" + BRACED), r"\1"),
    (re.compile(r"\\includegraphics(?:\[[^\]]*\])?" + BRACED), r"![](\1)"),
    (re.compile(r"\\(?:hline|centering|noindent|smallskip|medskip|bigskip|def\\\w+)\b"), ""),
    (re.compile(r"\\begin\{(?:verbatim|lstlisting)\}\n?"), "\n```\n"),
    (re.compile(r"\\end\{(?:verbatim|lstlisting)\}"), "```\n"),
    (re.compile(r"\\\\"), "\n\n"),
    (re.compile(r"``|''"), '"'),
    (re.compile(r"<<|>>"), '"'),
    (re.compile(r"---|--(?=\s)"), "—"),
    (re.compile(r"~"), " "),
    (re.compile(r"\\([%&#_{}])"), r"\1"),
)  # fmt: skip
FORMULA = re.compile(r"(\$\$.+?\$\$|\$[^$]+\$)", re.DOTALL)


class _Converter(MarkdownConverter):
    """Raised and lowered signs as our pages read them in formulas."""

    def convert_sub(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"$_{{{text}}}$" if text.strip() else ""

    def convert_sup(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"$^{{{text}}}$" if text.strip() else ""

    def convert_span(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A formula that was set on the page before: KaTeX leaves its source beside it."""
        if "katex" not in el.get_attribute_list("class"):
            return text
        source = el.find("annotation")
        if source is not None:
            return f"${source.get_text().strip()}$"
        shown = el.find(class_="katex-html")
        return shown.get_text() if shown is not None else text

    def convert_script(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        formula = str(el.get("type") or "").startswith("math/tex")
        return f"${el.get_text().strip()}$" if formula else ""


def from_mixed(source: str) -> str:
    """Markdown with pieces of HTML in it, as Markdown alone; without Markdown's marks, as HTML."""
    if not MARKED.search(source):
        return from_html(source)
    pieces = FENCE.split(source.replace("\r\n", "\n"))
    return _tidy("".join(p if n % 2 else _unmixed(p) for n, p in enumerate(pieces)))


def _unmixed(source: str) -> str:
    source = BLOCK.sub(lambda m: f"\n\n{from_html(m[0])}\n\n", source)
    lines = source.split("\n")
    return "\n".join(_plain_line(line) if MARKUP.search(line) else line for line in lines)


def _plain_line(line: str) -> str:
    pieces = CODE.split(line)
    return "".join(p if n % 2 else _kept_apart(p) for n, p in enumerate(pieces))


def _kept_apart(words: str) -> str:
    """Converted, with the space around it as it was."""
    inner = words.strip()
    if not inner or not MARKUP.search(inner):
        return words
    return words.replace(inner, from_html(inner), 1)


def from_html(source: str) -> str:
    """Markdown of a piece of HTML; text without markup stays as it is.

    Formulas in dollars and words with underscores are left alone.
    """
    if "[md]" in source:
        return source.replace("[md]", "").replace("[/md]", "").strip()
    if not MARKUP.search(source):
        return _tidy(source)
    converter = _Converter(
        heading_style="ATX",
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
        keep_inline_images_in=["td", "th", "span", "a", "strong", "em", "b", "i"],
        strip=["a"],
        code_language_callback=_fence,
    )
    soup = BeautifulSoup(LESS_THAN.sub("&lt;", source), "html.parser")
    for block in soup.find_all("pre"):
        for inner in block.find_all(("pre", "div", "p", "span")):
            inner.unwrap()  # else the lines of what is set within would be filled up
    return _tidy(str(converter.convert_soup(soup)))


def _fence(block: Tag) -> str:
    """What a block of code is marked as: ``input1`` of ``<code class="language-input1">``."""
    inner = block.find("code")
    marked = [*block.get_attribute_list("class")]
    if isinstance(inner, Tag):
        marked += inner.get_attribute_list("class")
    words = [str(word) for word in marked if word]
    return next((w.removeprefix("language-") for w in words if w.startswith("language-")), "")


def from_tex(source: str) -> str:
    """Markdown of a statement in TeX; formulas stay between their dollars."""
    pieces = FORMULA.split(source.replace("\r\n", "\n").replace("$$$", "$"))
    return _tidy("".join(p if n % 2 else _words(p) for n, p in enumerate(pieces)))


def _words(source: str) -> str:
    for pattern, instead in TEX:
        source = pattern.sub(instead, source)
    return source


def with_images(markdown: str, images: Mapping[str, bytes]) -> tuple[str, int]:
    """The statement with its pictures inside, and how many of them could not be found.

    Args:
        images: bytes by the address that statements use, or by file name.
    """
    lost = 0

    def shown(match: re.Match[str]) -> str:
        nonlocal lost
        words, address = match[1], match[2]
        if address.startswith("data:image/"):
            return match[0]
        last = address.split("?")[0].rsplit("/", 1)[-1]
        data = images.get(address, images.get(last, b""))
        kind = next((k for head, k in IMAGE_KINDS.items() if data.startswith(head)), "")
        if not kind or len(data) > LARGEST_IMAGE:
            lost += 1
            return f"({words or last})"
        return f"![{words or last}](data:image/{kind};base64,{base64.b64encode(data).decode()})"

    pieces = FENCED.split(markdown)
    return "".join(p if n % 2 else PLACES.sub(shown, p) for n, p in enumerate(pieces)), lost


def _tidy(source: str) -> str:
    source = source.replace("\r\n", "\n").replace("\xa0", " ").replace("$$$", "$")
    lines = (line.rstrip() for line in source.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def sections(parts: list[tuple[str, str]]) -> str:
    """A statement of parts under their headings; empty parts are left out."""
    written = [f"## {head}\n\n{body}" if head else body for head, body in parts if body.strip()]
    return "\n\n".join(written).strip()

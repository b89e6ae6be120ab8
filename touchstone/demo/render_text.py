"""Resumes as HTML pages and as plain text in the encodings that still go round."""

from __future__ import annotations

from html import escape

from touchstone.demo.drafts import Draft, Section

HTML_LAYOUTS = ("article", "table")
TXT_STYLES = ("brackets", "numbers", "bare")
TXT_ENCODINGS = ("utf-8", "gb18030", "utf-16", "utf-8-sig")

_CSS = (
    "body{font:15px/1.6 'PingFang SC','Microsoft YaHei',sans-serif;max-width:52em;margin:2em auto}"
    "h1{margin-bottom:.2em}h2{border-bottom:1px solid #999}.when{color:#666;float:right}"
    "table{border-collapse:collapse}td{border:1px solid #bbb;padding:.3em .6em;vertical-align:top}"
    ".more{display:none}"
)
_NUMERALS = "一二三四五六七八九"


def render_html(draft: Draft, *, layout: str = "article", encoding: str = "utf-8") -> bytes:
    """The resume as a page that names its encoding; hidden text is switched off by a style."""
    lang = "zh-CN" if draft.lang == "zh" else "en"
    body = _table_body(draft) if layout == "table" else _article_body(draft)
    if draft.hidden:
        body += f'<div class="more">{escape(draft.hidden)}</div>'
    page = (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="{encoding}">'
        f"<title>{escape(draft.title or draft.name)}</title><style>{_CSS}</style></head>"
        f"<body>{body}</body></html>\n"
    )
    return page.encode(encoding)


def _article_body(draft: Draft) -> str:
    contacts = "".join(f"<li>{escape(t)}</li>" for t in draft.contact_lines)
    return f"<h1>{escape(draft.name)}</h1><ul>{contacts}</ul>" + "".join(
        _article_section(section) for section in draft.sections
    )


def _article_section(section: Section) -> str:
    parts = [f"<section><h2>{escape(section.heading)}</h2>"]
    for entry in section.entries:
        role = f" <em>{escape(entry.role)}</em>" if entry.role else ""
        when = f'<span class="when">{escape(entry.dates)}</span>' if entry.dates else ""
        parts.append(f"<h3>{escape(entry.title)}{role} {when}</h3>")
        parts.append(_list(entry.lines))
    parts += [f"<p>{escape(line)}</p>" for line in section.lines]
    return "".join(parts) + "</section>"


def _list(lines: tuple[str, ...]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _table_body(draft: Draft) -> str:
    label = "姓名" if draft.lang == "zh" else "Name"
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>"
        for name, value in ((label, draft.name), *draft.contacts)
    )
    parts = [f"<table>{rows}</table>"]
    for section in draft.sections:
        parts.append(f"<h2>{escape(section.heading)}</h2><table>")
        for entry in section.entries:
            title = escape(entry.head(draft.lang))
            parts.append(
                f"<tr><td>{escape(entry.dates)}</td><td><b>{title}</b>{_list(entry.lines)}</td></tr>"
            )
        parts += [f'<tr><td colspan="2">{escape(line)}</td></tr>' for line in section.lines]
        parts.append("</table>")
    return "".join(parts)


def render_txt(draft: Draft, *, style: str = "brackets", encoding: str = "utf-8") -> bytes:
    """The resume as plain text. There is no hiding in it: hidden text stands at the end."""
    contacts = draft.contact_lines
    lines = [draft.title] if draft.title else []
    label = "姓名：" if draft.lang == "zh" else "Name: "
    if style == "bare":
        lines += [draft.name, " / ".join(contacts)]
    else:
        lines += [f"{label}{draft.name}", *contacts]
    for number, section in enumerate(draft.sections):
        lines += ["", _txt_heading(section.heading, style, number, draft.lang)]
        for entry in section.entries:
            lines.append(entry.dated_head(draft.lang))
            lines += [f"{'- ' if style != 'bare' else '  '}{line}" for line in entry.lines]
        lines += list(section.lines)
    if draft.hidden:
        lines += ["", draft.hidden]
    newline = "\r\n" if style == "numbers" else "\n"
    return (newline.join(lines) + newline).encode(encoding)


def _txt_heading(heading: str, style: str, number: int, lang: str) -> str:
    if style == "brackets":
        return f"【{heading}】" if lang == "zh" else f"== {heading} =="
    if style == "numbers":
        return f"{_NUMERALS[number]}、{heading}" if lang == "zh" else f"{number + 1}. {heading}"
    return heading if lang == "zh" else heading.upper()

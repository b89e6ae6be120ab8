"""Tags and filters of every template. Loaded everywhere, so no template says `load`.

Each is shown, with its source, on the page of components (`/ui/components/`) and in docs/ui.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from touchstone.common.messages import Bilingual, Message
from touchstone.ui import drawings, formats
from touchstone.ui.bilingual import active_language, choose, message_text
from touchstone.ui.icons import ICONS

register = template.Library()
for name in ("one", "percent", "rating", "count", "day", "clock", "moment", "seconds", "about"):
    register.filter(name, getattr(formats, name))
register.filter("strength_word", drawings.strength_word)
for name in (
    *("streak", "streaks", "sbar", "score", "interval"),
    *("radar", "bars", "funnel", "histogram", "dots"),
):
    register.simple_tag(getattr(drawings, name), name=name)

KIND_STRENGTH = {
    "result": 3,
    "used": 2,
    "listed": 1,
    "negated": 0,
    "wished": 0,
    "other_person": 0,
    "hidden": 0,
}
NOTE_ICONS = {"": "info", "ok": "check", "warn": "warn", "bad": "warn"}


@register.simple_tag
def t(zh: str, en: str, **args: Any) -> str:
    """Words in the reader's language; ``{name}`` places take the escaped arguments."""
    words = choose(zh, en)
    return format_html(words, **args) if args else mark_safe(conditional_escape(words))  # noqa: S308


@register.simple_tag
def other_lang(text_lang: str) -> SafeString:
    """``lang="en"`` on a passage that is not in the page's language, for screen readers."""
    if not text_lang or text_lang[:2] == active_language():
        return SafeString("")
    return format_html('lang="{}"', "zh-Hans" if text_lang.startswith("zh") else text_lang)


@register.filter
def say(message: Message | Mapping[str, Any] | str) -> str:
    """A message of an engine in the reader's language."""
    return message_text(dict(message) if isinstance(message, Mapping) else message)


@register.filter
def both(words: Any, lang: str = "") -> str:
    """Words kept in both languages (``{zh, en}`` or `Bilingual`): the reader's, or ``lang``."""
    lang = lang or active_language()
    if isinstance(words, Mapping):
        first, other = ("en", "zh") if lang == "en" else ("zh", "en")
        return str(words.get(first) or words.get(other) or "")
    if isinstance(words, Bilingual):
        return words.text(lang)
    return "" if words is None else str(words)


@register.filter
def words(value: Bilingual | Mapping[str, str] | str | None) -> str:
    """Words given in both languages (or one) in the reader's."""
    if isinstance(value, Bilingual):
        return value.text(active_language())
    if isinstance(value, Mapping):
        return value.get(active_language()) or next(iter(value.values()), "")
    return value or ""


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A line drawing on a 24 grid; decorative, the word beside it says what it means."""
    return format_html(
        '<svg class="i{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        " i-s" if size == "s" else "",
        mark_safe(ICONS[name]),  # noqa: S308 - our own drawings
    )


@register.simple_tag
def state(kind: str, word: str, icon_name: str = "") -> SafeString:
    """A state as icon and word; ``kind`` is ok, warn, bad or mut."""
    drawn = icon(icon_name or {"ok": "check", "mut": "clock"}.get(kind, "warn"), "s")
    return format_html('<span class="state {}">{}{}</span>', kind, drawn, word)


@register.simple_tag
def person(name: str, extra: str = "", presence: str = "") -> SafeString:
    """A person by initial and name; ``presence`` is on or off."""
    return format_html(
        '<span class="person"><span class="av {}" aria-hidden="true">{}</span>'
        "<span>{}{}</span></span>",
        presence,
        name[:1],
        name,
        format_html(' <small class="faint">{}</small>', extra) if extra else "",
    )


@register.simple_tag
def stage_dots(at: int, total: int, word: str) -> SafeString:
    """How far along somebody is: squares and the stage's word. ``at`` counts from 1."""
    squares = (
        f'<b class="{"on" if n < at else "at" if n == at else ""}"></b>'
        for n in range(1, total + 1)
    )
    return format_html(
        '<span class="stage"><i aria-hidden="true">{}</i>{}</span>',
        SafeString("".join(squares)),
        word,
    )


@register.filter
def bilingual(words: Bilingual | Mapping[str, str] | None, lang: str = "") -> str:
    """Words in both languages in the reader's, or in the one named."""
    if words is None:
        return ""
    if not isinstance(words, Bilingual):
        words = Bilingual(words.get("zh", ""), words.get("en", ""))
    return words.text(lang or active_language())


@register.filter
def get(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """``mapping[key]``, or nothing."""
    return None if not mapping else mapping.get(key)


@register.filter
def strength(kind: str) -> int:
    """Thickness 0–4 of a piece of screening evidence by its kind."""
    return KIND_STRENGTH.get(kind, 1)


@register.filter
def highlight(text: str, marks: Sequence[Mapping[str, Any]]) -> SafeString:
    """The text with its evidence underlined in gold. Overlapping marks: the stronger stays.

    Args:
        marks: mappings with start, end (code points), kind, and optionally an id.
    """
    chosen: list[tuple[int, int, int, str]] = []
    ranked = sorted(marks, key=lambda m: (-strength(str(m.get("kind", ""))), m["start"]))
    for mark in ranked:
        start, end = int(mark["start"]), int(mark["end"])
        if 0 <= start < end <= len(text) and all(end <= s or start >= e for s, e, _k, _i in chosen):
            chosen.append(
                (start, end, strength(str(mark.get("kind", ""))), str(mark.get("id", "")))
            )
    parts, at = [], 0
    for start, end, level, name in sorted(chosen):
        parts.append(conditional_escape(text[at:start]))
        parts.append(
            format_html(
                '<mark data-s="{}" id="ev-{}" tabindex="-1">{}</mark>', level, name, text[start:end]
            )
        )
        at = end
    parts.append(conditional_escape(text[at:]))
    return SafeString("".join(parts))


@register.inclusion_tag("ui/parts/evidence.html")
def evidence(
    level: int,
    quote: str = "",
    source: str = "",
    url: str = "",
    target: str = "",
    fact: str = "",
    lang: str = "",
    current: bool = False,
) -> dict[str, Any]:
    """A piece of evidence: the gold streak, the words, where they stand.

    Args:
        level: strength 0–4.
        quote: a person's own words, set in serif between 「」.
        source: where they stand: 简历第 1 页.
        url: of the source.
        target: id of the ``mark`` on this page that it lights (``ev-3``).
        fact: an observation or test result in place of a quote, set in sans.
        lang: of the quote.
        current: whether it is the one being looked at.
    """
    level = max(0, min(4, int(level)))
    return {
        "level": level,
        "word": drawings.strength_word(level),
        "quote": quote,
        "source": source,
        "url": url or (f"#{target}" if target else ""),
        "target": target,
        "fact": fact,
        "lang": lang,
        "current": current,
    }


@register.simple_block_tag
def note(content: str, kind: str = "", action: str = "", url: str = "") -> SafeString:
    """What happened, what was kept, what to do. ``kind`` is empty, ok, warn or bad."""
    link = format_html('<a class="btn sm" href="{}">{}</a>', url, action) if action else ""
    return format_html(
        '<div class="note {}"{}>{}<div>{}</div>{}</div>',
        kind,
        SafeString(' role="alert"') if kind == "bad" else "",
        icon(NOTE_ICONS[kind]),
        content,
        link,
    )


@register.simple_block_tag
def blank(content: str, title: str, action: str = "", url: str = "") -> SafeString:
    """Why there is nothing here, and the one thing to do."""
    button = format_html('<a class="btn pri" href="{}">{}</a>', url, action) if action else ""
    return format_html(
        '<div class="empty"><h3>{}</h3><p>{}</p>{}</div>', title, content.strip(), button
    )


@register.simple_tag
def nodata(n: int, needed: int, instead: str = "") -> SafeString:
    """In place of a mark where there are too few: n, how many it takes, what is used instead."""
    words = choose(
        f"数据不够：n = {n}，至少要 {needed}。",
        f"Not enough data: n = {n}, at least {needed} needed. ",
    )
    return format_html('<span class="nodata">{}{}{}</span>', icon("info", "s"), words, instead)


@register.simple_block_tag
def dialog(content: str, key: str, title: str) -> SafeString:
    """A decision. Opened by any button with ``data-open="key"``; Esc closes and keeps the text."""
    return format_html(
        '<dialog id="{0}" aria-labelledby="{0}-title"><header><h3 id="{0}-title">{1}</h3></header>'
        "{2}</dialog>",
        key,
        title,
        content,
    )


@register.simple_block_tag
def drawer(content: str, key: str, title: str) -> SafeString:
    """A choice made while the page stays in view, from the right. Opened as a dialog is."""
    return format_html(
        '<dialog class="drawer" id="{0}" aria-labelledby="{0}-title"><header><h3 id="{0}-title">{1}'
        '</h3><button class="icon-btn push" type="button" data-close aria-label="{2}">{3}</button>'
        "</header>{4}</dialog>",
        key,
        title,
        choose("关闭", "Close"),
        icon("cross"),
        content,
    )


@register.inclusion_tag("ui/parts/segments.html", takes_context=True)
def segments(
    context: template.Context,
    label: str,
    options: Sequence[tuple[str, str, int | None]],
    parameter: str,
) -> dict[str, Any]:
    """Two to four choices as links that set one parameter of the address.

    Args:
        options: (value, words, count); an empty value is the default and leaves the parameter out.
    """
    current = context["request"].GET.get(parameter, "")
    return {
        "label": label,
        "options": [
            (query(context, **{parameter: value, "page": ""}), words, number, value == current)
            for value, words, number in options
        ],
    }


@register.simple_tag(takes_context=True)
def sorted_head(
    context: template.Context, key: str, label: str, default: str = "", number: bool = False
) -> SafeString:
    """A column's head that sorts: ``?sort=key`` or ``?sort=-key``, told by ``aria-sort``."""
    sort = context["request"].GET.get("sort", default)
    rising, falling = sort == key, sort == f"-{key}"
    next_sort = key if falling else f"-{key}"
    aria = "ascending" if rising else "descending" if falling else ""
    return format_html(
        '<th{}{}><a href="{}">{}{}</a></th>',
        SafeString(' class="r"') if number else "",
        format_html(' aria-sort="{}"', aria) if aria else "",
        query(context, sort=next_sort, page=""),
        label,
        icon("up" if rising else "down", "s") if aria else "",
    )


@register.simple_tag
def progress(
    done: int, total: int, what: str, left_s: float | None = None, hint: str = ""
) -> SafeString:
    """How far a long piece of work is: 312 / 500, 还要约 1 分 40 秒."""
    left = ""
    if left_s is not None and done < total:
        left = choose(f"还要{formats.about(left_s)}。", f"{formats.about(left_s)} left. ")
    return format_html(
        '<div class="prog"><div class="row"><span>{}</span><span class="num push">{} / {}</span>'
        '</div><progress max="{}" value="{}" aria-label="{}"></progress>'
        '<span class="faint">{}{}</span></div>',
        what,
        formats.count(done),
        formats.count(total),
        max(total, 1),
        done,
        what,
        left,
        hint,
    )


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened when: mappings with at (date or moment), text, state (done, now, next)."""
    return {"events": events}


@register.inclusion_tag("ui/parts/pages.html", takes_context=True)
def pages(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Where one is in a long list, and the way on."""
    return {
        "page": page,
        "before": query(context, page=page.number - 1) if page.has_previous() else "",
        "after": query(context, page=page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("ui/parts/toast.html")
def toast(text: str, undo_url: str = "", oob: bool = False) -> dict[str, Any]:
    """What was done, with its undo for 8 s.

    Args:
        undo_url: posted to by 撤销.
        oob: in an HTMX answer: put it among the page's toasts, wherever the rest goes.
    """
    return {"text": text, "undo_url": undo_url, "oob": oob}


@register.inclusion_tag("ui/parts/field.html")
def field(
    name: str,
    label: str,
    value: Any = "",
    kind: str = "text",
    hint: str = "",
    error: str = "",
    required: bool = False,
    rows: int = 4,
    options: Sequence[tuple[str, str]] = (),
    autocomplete: str = "",
) -> dict[str, Any]:
    """A labelled field; the hint and the error are tied to it."""
    return {
        "name": name,
        "label": label,
        "value": "" if value is None else value,
        "kind": kind,
        "hint": hint,
        "error": error,
        "required": required,
        "rows": rows,
        "options": options,
        "autocomplete": autocomplete,
    }


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any] | template.Context, **changes: Any) -> str:
    """The page's query string with some parameters changed; an empty value removes one."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"

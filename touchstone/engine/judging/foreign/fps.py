"""FPS, the Free Problem Set XML of HUSTOJ and what is built on it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from touchstone.engine.judging.foreign.checkers import take_over
from touchstone.engine.judging.foreign.draft import Case, Draft, mebibytes, seconds
from touchstone.engine.judging.foreign.functions import frame
from touchstone.engine.judging.foreign.markup import from_html, sections, with_images
from touchstone.engine.judging.foreign.reading import xml

PARTS = (("", "description"), ("输入", "input"), ("输出", "output"), ("提示", "hint"))
DROP = re.compile(r"\bdrop\s+table\s+(?!if\b)", re.IGNORECASE)
ONE_QUERY = re.compile(r"\s*(select|with)\b[^;]*;?\s*", re.IGNORECASE)


def drafts(data: bytes, name: str, headers: Mapping[str, bytes]) -> Iterator[Draft]:
    """The problems of one file.

    Raises:
        InvalidInput: it is not XML.
    """
    root, changed = xml(data, name)
    for item in root.iter("item"):
        draft = _draft(item, headers)
        if changed:
            draft.note("control_characters")
        yield draft


def _draft(item: Element, headers: Mapping[str, bytes]) -> Draft:
    draft = Draft(
        titles={"zh": from_html(_text(item, "title")) or "problem"},
        time_s=seconds(_text(item, "time_limit") + _unit(item, "time_limit")),
        memory_mib=mebibytes(_text(item, "memory_limit") + _unit(item, "memory_limit")),
    )
    statement = sections([(head, from_html(_text(item, tag))) for head, tag in PARTS])
    draft.statements["zh"], lost = with_images(statement, _images(item))
    if lost:
        draft.note("images", n=lost)
    _tests(draft, item)
    for solution in item.findall("solution"):
        draft.solve("accepted", solution.get("language") or "", solution.text or "")
    frame(draft, _frames(item))
    _checker(draft, item, headers)
    _sql(draft)
    if _text(item, "remote_oj"):
        draft.note("remote", where=f"{_text(item, 'remote_oj')} {_text(item, 'remote_id')}".strip())
    return draft


def _text(item: Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()


def _unit(item: Element, tag: str) -> str:
    element = item.find(tag)
    return (element.get("unit") or "").strip() if element is not None else ""


def _images(item: Element) -> dict[str, bytes]:
    found = {}
    for image in item.findall("img"):
        try:
            data = base64.b64decode(image.findtext("base64") or "")
        except (binascii.Error, ValueError):
            continue  # counted as lost where the statement shows it
        found[(image.findtext("src") or "").strip()] = data
    return found


def _tests(draft: Draft, item: Element) -> None:
    samples = _pairs(item.findall("sample_input"), item.findall("sample_output"))
    draft.samples = [(given, wanted) for given, wanted in samples if wanted.strip()]
    inputs, outputs = item.findall("test_input"), item.findall("test_output")
    if inputs and not outputs:  # some versions write both under one name
        inputs, outputs = inputs[::2], inputs[1::2]
    checked = item.find("spj") is not None or item.find("tpj") is not None
    pairs = _pairs(inputs, outputs)
    kept = [(given, wanted) for given, wanted in pairs if wanted.strip() or checked]
    draft.tests = [Case(given, wanted) for given, wanted in kept]
    missing = max(len(inputs), len(outputs)) - len(kept)
    if missing:
        draft.note("tests_without_answer", n=missing)


def _pairs(inputs: list[Element], outputs: list[Element]) -> list[tuple[bytes, bytes]]:
    """Pairs by their names where all have one, else by their order."""
    by_name = {o.get("name"): o for o in outputs if o.get("name")}
    if len(by_name) == len(outputs) and all(i.get("name") in by_name for i in inputs):
        pairs = [(i, by_name[i.get("name")]) for i in inputs]
    else:
        pairs = list(zip(inputs, outputs, strict=False))
    return [((i.text or "").encode(), (o.text or "").encode()) for i, o in pairs]


def _frames(item: Element) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for tag, place in (("prepend", 0), ("append", 1)):
        for element in item.findall(tag):
            language = element.get("language") or ""
            before, after = found.get(language, ("", ""))
            code = element.text or ""
            found[language] = (code, after) if place == 0 else (before, code)
    return found


def _checker(draft: Draft, item: Element, headers: Mapping[str, bytes]) -> None:
    for tag in ("tpj", "spj"):
        element = item.find(tag)
        code = (element.text or "").strip() if element is not None else ""
        if element is None or not code:
            continue
        if "main" not in code:
            draft.note("checker_empty")
            continue
        testlib = tag == "tpj" or "testlib.h" in code
        take_over(
            draft,
            code,
            "testlib" if testlib else "hustoj",
            language=element.get("language") or "C++",
            beside=headers,
        )
        return


def _sql(draft: Draft) -> None:
    """HUSTOJ's SQL problems: the input builds tables, bars stand between the answer's cells."""
    if not any(language == "sql" for _folder, language, _code in draft.solutions):
        return
    draft.kind = "sql"
    draft.languages = ("sql",)
    draft.drivers = {}
    for case in draft.tests:
        case.given = DROP.sub(
            "drop table if exists ", case.given.decode("utf-8", "replace")
        ).encode()
        case.wanted = case.wanted.replace(b"|", b"\t")
    draft.samples = [
        (
            DROP.sub("drop table if exists ", given.decode("utf-8", "replace")).encode(),
            wanted.replace(b"|", b"\t"),
        )
        for given, wanted in draft.samples
    ]
    kept = [s for s in draft.solutions if s[1] == "sql" and ONE_QUERY.fullmatch(s[2])]
    if len(kept) < len(draft.solutions):
        draft.note("sql_more_than_a_query")
    draft.solutions = kept

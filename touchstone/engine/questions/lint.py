"""Weaknesses of questions: the rules of docs/question-bank.md.

Errors keep a question from being activated; warnings are for the author's judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from touchstone.common.messages import Bilingual, Lang, Message, say
from touchstone.engine.questions.question import KeyPoint, Phrases, Question

LANGS: tuple[Lang, Lang] = ("zh", "en")
FEWEST, MOST = 8, 20
MATERIAL = (800, 1500)
ALIKE_POINTS = 0.55
NEAR_DUPLICATE = 0.5
_HAN = re.compile(r"[㐀-鿿]")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+(?:[.'’+#%-][^\W_]+)*")
_DEFINITION = {
    "zh": re.compile(
        r"什么是|是什么(意思)?[？?。]|(解释|简述|说明|谈谈)(一下)?.{0,14}(概念|定义|含义|原理|作用)"
        r"|有哪些?(区别|优点|缺点|步骤|方法)[？?。]|(区别|定义|概念)是"
    ),
    "en": re.compile(
        r"^\s*(what (is|are) (the )?(meaning|definition|purpose|difference)?|define\b|"
        r"explain (the )?(concept|term|principle|meaning)|describe the (concept|steps)|list the\b)",
        re.IGNORECASE,
    ),
}
_SHORT = {"zh": 60, "en": 160}


@dataclass(frozen=True, slots=True)
class Finding:
    """One weakness.

    Attributes:
        rule: a name of the table in docs/question-bank.md.
        severity: "error" or "warning".
        question: the question's id.
        field: where, such as ``rubric.k2.accept.en``.
        message: what is weak, for the author.
    """

    rule: str
    severity: Literal["error", "warning"]
    question: str
    field: str
    message: Message


PLAIN_FIELDS = frozenset(
    {
        *("dimension", "kind", "industry", "indicators", "function", "level", "difficulty"),
        *("minutes", "family", "concepts", "max_score"),
    }
)
ERRORS = frozenset(
    {"missing_translation", "wrong_language", "weights_sum", "phrase_in_question", "phrase_shared"}
)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding keeps the question from being activated."""
    return any(f.severity == "error" for f in findings)


def lint_question(question: Question) -> tuple[Finding, ...]:
    """All weaknesses that one question shows by itself, in the order of its fields."""
    return tuple(
        _finding(question, rule, field, **args)
        for check in _CHECKS
        for rule, field, args in check(question)
    )


def lint_bank(questions: Sequence[Question]) -> tuple[Finding, ...]:
    """Weaknesses of every question, and questions that nearly repeat one another."""
    found = [finding for question in questions for finding in lint_question(question)]
    for one, other, share in near_duplicates(questions):
        found.append(
            _finding(other, "near_duplicate", "text", other=one.id, percent=round(100 * share))
        )
    return tuple(found)


def near_duplicates(
    questions: Sequence[Question], *, against: Sequence[Question] | None = None
) -> Iterator[tuple[Question, Question, float]]:
    """Pairs that read nearly the same in either language and are not of one family.

    Args:
        against: compare only with these; without, all pairs among ``questions``.

    Yields:
        (earlier, later, share of common letter pairs 0..1).
    """
    grams = {id(q): tuple(_grams(q.text.text(lang), lang) for lang in LANGS) for q in questions}
    for q in against or ():
        grams.setdefault(id(q), tuple(_grams(q.text.text(lang), lang) for lang in LANGS))
    for index, one in enumerate(questions):
        for other in questions[index + 1 :] if against is None else against:
            if one.id == other.id or (one.family and one.family == other.family):
                continue
            share = max(
                _overlap(a, b) for a, b in zip(grams[id(one)], grams[id(other)], strict=True)
            )
            if share >= NEAR_DUPLICATE:
                yield one, other, share


def _finding(question: Question, rule: str, field: str, **args: object) -> Finding:
    severity: Literal["error", "warning"] = "error" if rule in ERRORS else "warning"
    message = say(f"questions.lint_{rule}", where=place_of(field), **args)
    return Finding(rule, severity, question.id, field, message)


def place_of(field: str) -> Message:
    """A field's path in words: ``rubric.k2.accept.en`` is 要点 k2 的说法（英文）."""
    parts = field.split(".")
    lang = parts.pop() if parts[-1] in LANGS else ""
    match parts:
        case ["rubric", point, name] if name in {"text", "accept", "contradicted_by", "weight"}:
            what = say(f"questions.place_{name}", id=point)
        case ["anchors" | "follow_ups" as name, number]:
            what = say(f"questions.place_{name}", n=number)
        case ["material", name]:
            what = say(f"questions.place_material_{name}")
        case [name] if name in {"title", "text"}:
            what = say(f"questions.place_question_{name}")
        case [name] if name in PLAIN_FIELDS:
            what = say(f"questions.place_field_{name}")
        case _:
            what = say("questions.words", zh=field, en=field)
    if not lang:
        return what
    return say(f"questions.place_{lang}", what=what)


_Found = Iterator[tuple[str, str, dict[str, object]]]


def _texts(question: Question) -> Iterator[tuple[str, Bilingual]]:
    yield "title", question.title
    yield "text", question.text
    if question.material:
        yield "material.title", question.material.title
        yield "material.text", question.material.text
    for point in question.rubric.key_points:
        yield f"rubric.{point.id}.text", point.text
    for wrong in question.rubric.misconceptions:
        yield f"rubric.{wrong.id}.text", wrong.text
    for anchor in question.anchors:
        yield f"anchors.{anchor.score}", anchor.text
    for number, follow_up in enumerate(question.follow_ups, 1):
        yield f"follow_ups.{number}", follow_up.text


def _phrase_lists(question: Question) -> Iterator[tuple[str, Phrases, bool]]:
    """Field, phrases, and whether there must be some."""
    for point in question.rubric.key_points:
        yield f"rubric.{point.id}.accept", point.accept, True
        yield f"rubric.{point.id}.contradicted_by", point.contradicted_by, False
    for wrong in question.rubric.misconceptions:
        yield f"rubric.{wrong.id}.accept", wrong.accept, False


def _translations(question: Question) -> _Found:
    for field, words in _texts(question):
        for lang in LANGS:
            if not words.text(lang).strip():
                yield "missing_translation", f"{field}.{lang}", {}
    for field, phrases, needed in _phrase_lists(question):
        if not needed and not phrases.zh and not phrases.en:
            continue
        for lang in LANGS:
            if not any(p.strip() for p in phrases.of(lang)):
                yield "missing_translation", f"{field}.{lang}", {}


def _languages(question: Question) -> _Found:
    for field, words in _texts(question):
        if words.zh.strip() and not _HAN.search(words.zh):
            yield "wrong_language", f"{field}.zh", {"what": words.zh[:40]}
        if _HAN.search(words.en):
            yield "wrong_language", f"{field}.en", {"what": words.en[:40]}
    for field, phrases, _ in _phrase_lists(question):
        for phrase in phrases.en:
            if _HAN.search(phrase):
                yield "wrong_language", f"{field}.en", {"what": phrase[:40]}


def _weights(question: Question) -> _Found:
    total = sum(point.weight for point in question.rubric.key_points)
    if abs(total - question.rubric.max_score) > 0.01:
        args: dict[str, object] = {"sum": f"{total:g}", "max": f"{question.rubric.max_score:g}"}
        yield "weights_sum", "rubric.key_points", args


def _given_away(question: Question) -> _Found:
    """Phrases that stand in the question, its title or its material."""
    material = question.material
    for lang in LANGS:
        given = [question.text.text(lang), question.title.text(lang)]
        given += [material.text.text(lang)] if material else []
        plain = [_plain(text, lang) for text in given]
        for point in question.rubric.key_points:
            for phrase in point.accept.of(lang):
                wanted = _plain(phrase, lang)
                if wanted.strip() and any(wanted in text for text in plain):
                    yield (
                        "phrase_in_question",
                        f"rubric.{point.id}.accept.{lang}",
                        {"what": phrase},
                    )


def _between_points(question: Question) -> _Found:
    points = question.rubric.key_points
    for lang in LANGS:
        for index, one in enumerate(points):
            for other in points[index + 1 :]:
                yield from _shared(one, other, lang)
                a = _grams(one.text.text(lang), lang)
                b = _grams(other.text.text(lang), lang)
                if _overlap(a, b) >= ALIKE_POINTS:
                    yield "points_alike", f"rubric.{other.id}.text.{lang}", {"other": one.id}


def _shared(one: KeyPoint, other: KeyPoint, lang: Lang) -> _Found:
    field = f"rubric.{other.id}.accept.{lang}"
    mine = {_plain(p, lang): p for p in one.accept.of(lang)}
    theirs = {_plain(p, lang): p for p in other.accept.of(lang)}
    for plain, phrase in theirs.items():
        if plain in mine:
            yield "phrase_shared", field, {"what": phrase, "other": one.id}
            continue
        for known, words in mine.items():
            if plain in known or known in plain:
                yield "phrase_overlap", field, {"what": phrase, "other": one.id, "phrase": words}


def _counts(question: Question) -> _Found:
    for point in question.rubric.key_points:
        for lang in LANGS:
            field = f"rubric.{point.id}.accept.{lang}"
            distinct = {_plain(p, lang) for p in point.accept.of(lang)}
            if 0 < len(distinct) < FEWEST:
                yield "few_phrases", field, {"n": len(distinct)}
            if len(distinct) > MOST:
                yield "many_phrases", field, {"n": len(distinct)}
            for phrase in point.accept.of(lang):
                if len(_HAN.findall(phrase)) < 2 and len(_LATIN.findall(phrase)) < 4:
                    yield "short_phrase", field, {"what": phrase}


def _shape(question: Question) -> _Found:
    for lang in LANGS:
        text = question.text.text(lang)
        if len(text) <= _SHORT[lang] and _DEFINITION[lang].search(text):
            yield "definition", f"text.{lang}", {}
    if not question.follow_ups:
        yield "no_follow_up", "follow_ups", {}
    if question.material:
        length = sum(not c.isspace() for c in question.material.text.zh)
        if not MATERIAL[0] <= length <= MATERIAL[1]:
            yield "material_length", "material.text.zh", {"n": length}


_CHECKS = (_translations, _languages, _weights, _given_away, _between_points, _counts, _shape)


def _plain(text: str, lang: Lang) -> str:
    """Letters and digits only; English keeps its word borders as single spaces."""
    lowered = text.lower()
    if lang == "en":
        return f" {' '.join(_WORDS.findall(lowered))} "
    return "".join(c for c in lowered if c.isalnum())


def _grams(text: str, lang: Lang) -> frozenset[str]:
    """Neighbouring characters (Chinese) or words (English)."""
    plain = _plain(text, lang)
    if lang == "zh":
        return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))
    words = plain.split()
    return frozenset(" ".join(words[i : i + 2]) for i in range(len(words) - 1))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared share of the two sets together, 0..1 (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0

"""Skills a person has, and those a resume mentions without the person having them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from touchstone.engine.resumes.resume import ParsedResume, Section
from touchstone.engine.text.mentions import Mention, SectionKind, SectionSpan, find_mentions
from touchstone.engine.text.taxonomy import Concept, Taxonomy, taxonomy

_KINDS: dict[str, SectionKind] = {
    "profile": "summary",
    "intention": "wish",
    "work": "work",
    "internship": "work",
    "part_time": "work",
    "project": "project",
    "campus": "project",
    "education": "education",
    "skills": "skills",
    "references": "reference",
}
_SKILL_KINDS = frozenset({"skill", "tool", "method", "task"})
# Languages and certificates have fields of their own.
_OTHER_FIELDS = frozenset({"language_ability", "certification"})
# Subjects of study and books read are not yet skills; interests and awards never are.
_NOT_CREDITED = frozenset({"education", "interests", "references", "intention", "languages"})
_TITLE_LINE = re.compile(
    r"工程师|训练师|标注员|经理|专员|实习生|分析师|顾问|主管|\b(?:trainer|engineer|annotator|analyst|manager|"
    r"specialist|developer|scientist|linguist|intern)\b",
    re.IGNORECASE,
)
_TITLE_CHARS = 40
_TELLS = re.compile(
    r"[。；;]|负责|担任|完成|参与|熟悉|熟练|掌握|主要做|\b(?:with|led|experience)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Skills:
    """Ids of concepts in the order in which they are first spoken of.

    Attributes:
        had: with at least one mention that is the person's own.
        not_had: only negated, wished for, of long ago, the team's or someone else's.
    """

    had: tuple[str, ...]
    not_had: tuple[str, ...]


def section_spans(sections: Sequence[Section]) -> list[SectionSpan]:
    """A resume's sections as the text engine takes them."""
    return [SectionSpan(s.start, s.end, _KINDS.get(s.kind, "other")) for s in sections]


def find_skills(text: str, resume: ParsedResume, *, concepts: Taxonomy | None = None) -> Skills:
    """Skills, tools, methods and tasks a resume speaks of.

    Args:
        text: the document's text that ``resume`` was parsed from.
        concepts: another taxonomy than the built-in one.
    """
    known = concepts or taxonomy()
    mentions = find_mentions(text, section_spans(resume.sections), concepts=known)
    sections = _SectionAt(resume.sections)
    had: dict[str, None] = {}
    spoken: dict[str, None] = {}
    for mention in mentions:
        concept = known.concept(mention.concept)
        kind = sections.kind_at(mention.start)
        if not _counts(concept, known, listed=kind == "skills"):
            continue
        if kind == "header" and _is_title(text, mention):
            continue
        if mention.polarity != "own":
            spoken[concept.id] = None
        elif kind not in _NOT_CREDITED:
            had[concept.id] = None
    return Skills(tuple(had), tuple(c for c in spoken if c not in had))


def _counts(concept: Concept, known: Taxonomy, *, listed: bool) -> bool:
    """Whether a concept is a skill; under the heading of skills also what is one only there."""
    family = {concept.id, *known.ancestors(concept.id)}
    if not _OTHER_FIELDS.isdisjoint(family):
        return False
    if listed:
        return concept.kind not in {"metric", "industry"}
    return concept.kind in _SKILL_KINDS and "business_practice" not in family


class _SectionAt:
    def __init__(self, sections: Sequence[Section]) -> None:
        self._sections = sections
        self._at = 0

    def kind_at(self, offset: int) -> str:
        """The kind of section at an offset; offsets are asked for in order."""
        while self._at < len(self._sections) and offset >= self._sections[self._at].end:
            self._at += 1
        return self._sections[self._at].kind if self._at < len(self._sections) else "other"


def _is_title(text: str, mention: Mention) -> bool:
    """Whether a line of the head only names what the person is or wants to be."""
    first = text.rfind("\n", 0, mention.start) + 1
    last = text.find("\n", mention.end)
    line = text[first : last if last >= 0 else len(text)]
    if len(line) > _TITLE_CHARS or _TELLS.search(line):
        return False
    return _TITLE_LINE.search(line) is not None

"""What stands beside the editor of a question: lint, proposed phrases, graded sample answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from touchstone.common.errors import InvalidInput
from touchstone.common.messages import Lang, Message
from touchstone.desk.question_form import lines
from touchstone.engine.grading.grade import Grading, grade
from touchstone.engine.grading.rubrics import rubric_from_mapping
from touchstone.engine.questions.lint import Finding, lint_question, near_duplicates
from touchstone.engine.questions.loading import parse_question
from touchstone.engine.questions.question import KeyPoint, Question
from touchstone.engine.text.taxonomy import Taxonomy
from touchstone.library.concepts import company_taxonomy
from touchstone.library.selectors import active_questions

MOST_PROPOSED = 8
LONGEST_SAMPLE = 6000


@dataclass(frozen=True, slots=True)
class Proposal:
    """A phrase that the taxonomy knows for what a key point speaks of."""

    field: str
    phrase: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample answer as the grading sees it."""

    number: int
    score: float
    max_score: float
    points: tuple[tuple[KeyPoint, float, str], ...]
    flags: tuple[str, ...]
    analysis: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    Attributes:
        refused: why the document is no question yet; None when it is one.
        proposals: per key point id.
    """

    refused: Message | None = None
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    proposals: Mapping[str, tuple[Proposal, ...]] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    near: tuple[tuple[str, int], ...] = ()


def check(document: Mapping[str, Any], samples: Sequence[str], lang: str) -> Checked:
    """Checks a document as it stands in the editor.

    Args:
        samples: answers to grade; empty ones are left out.
        lang: of the answers.
    """
    try:
        # A question that has no id yet is checked all the same: the field itself asks for one.
        question = parse_question({**document, "id": document.get("id") or "?"})
    except InvalidInput as error:
        return Checked(refused=error.message)
    findings = lint_question(question)
    language: Lang = "en" if lang == "en" else "zh"
    others = [q for q in active_questions(question.industry) if q.id != question.id]
    known = company_taxonomy()
    near = [(o.id, round(100 * s)) for _, o, s in near_duplicates([question], against=others)]
    return Checked(
        errors=tuple(f for f in findings if f.severity == "error"),
        warnings=tuple(f for f in findings if f.severity == "warning"),
        proposals={
            p.id: _proposals(n, p, known) for n, p in enumerate(question.rubric.key_points, 1)
        },
        samples=tuple(
            _graded(question, number, text[:LONGEST_SAMPLE], language)
            for number, text in enumerate(samples, 1)
            if text.strip()
        ),
        near=tuple(near[:3]),
    )


def _proposals(number: int, point: KeyPoint, known: Taxonomy) -> tuple[Proposal, ...]:
    """Other names of the concepts that a key point speaks of, not yet among its phrases."""
    said = " ".join((*point.accept.zh, *point.accept.en)).lower()
    concepts = dict.fromkeys(known.find(point.text.zh) + known.find(point.text.en))
    found: list[Proposal] = []
    for concept_id in concepts:
        concept = known.concept(concept_id)
        for alias in (concept.zh, concept.en, *concept.aliases):
            chinese = any(ord(c) > 0x2E7F for c in alias)
            enough = len(alias) >= (2 if chinese else 4)
            if enough and alias.lower() not in said:
                name = f"p{number}_accept_{'zh' if chinese else 'en'}"
                found.append(Proposal(name, alias))
    return tuple(dict.fromkeys(found))[:MOST_PROPOSED]


def _graded(question: Question, number: int, text: str, lang: Lang) -> Sample:
    rubric = rubric_from_mapping(question.rubric_document(lang))
    grading = grade(rubric, text)
    return Sample(
        number,
        grading.score,
        question.rubric.max_score,
        tuple(
            (point, grading.points[point.id], _quote(grading, point.id))
            for point in question.rubric.key_points
        ),
        grading.flags,
        grading.analysis,
    )


def _quote(grading: Grading, point: str) -> str:
    return next((e.quote for e in grading.evidence if e.point == point), "")


def phrase_added(post: Mapping[str, str]) -> tuple[str, str]:
    """The field of phrases that a proposal belongs to, and its lines with the proposal added."""
    name = post.get("field", "")
    allowed = name[:1] == "p" and name[1:2].isdigit() and "_accept_" in name
    if not allowed:
        return "p1_accept_zh", post.get("p1_accept_zh", "")
    phrases = lines(post.get(name, ""))
    phrase = post.get("phrase", "").strip()[:120]
    if phrase and phrase not in phrases:
        phrases.append(phrase)
    return name, "\n".join(phrases)

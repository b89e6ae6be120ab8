"""The bars of reading on a corpus of every format; the benchmark measures more of it."""

from __future__ import annotations

import pytest

from benchmarks.resumes_fields import (
    AS_OF,
    BARS,
    FOREIGN_CREDITED,
    SKILLS_F1,
    SkillCounts,
    agrees,
)
from tests.engine.resumes.corpus import FORMATS, Sample, samples
from touchstone.engine.resumes.document import Document
from touchstone.engine.resumes.extract import extract
from touchstone.engine.resumes.parse import parse
from touchstone.engine.resumes.resume import ParsedResume

COUNT = 152

Read = list[tuple[Sample, Document, ParsedResume]]


@pytest.fixture(scope="module")
def read() -> Read:
    """The same files every time: eight of each writer."""
    assert COUNT % len(FORMATS) == 0
    out = []
    for sample in samples(COUNT):
        document = extract(sample.data, sample.name)
        out.append((sample, document, parse(document, AS_OF)))
    return out


@pytest.mark.parametrize("field", sorted(BARS))
def test_field_reaches_its_bar(read: Read, field: str) -> None:
    right = sum(agrees(field, s.gold[field], getattr(r, field)) for s, _, r in read)
    assert right / len(read) >= BARS[field]


def test_skills_reach_their_bars(read: Read) -> None:
    counts = SkillCounts()
    for sample, document, resume in read:
        counts.add(sample, document, resume)
    assert counts.f1 >= SKILLS_F1
    assert counts.credited <= FOREIGN_CREDITED


def test_hidden_words_are_kept_out_and_flagged(read: Read) -> None:
    for sample, document, _ in read:
        assert "HIDDENWORD" not in document.text, sample.name
        assert ("hidden_text" in document.flags) == bool(sample.hidden), sample.name

"""Many rows written by one statement hold what one row saved by itself would."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from touchstone.common.db import rows_update
from touchstone.positions.models import Position
from touchstone.recruiting.models import Candidate, Resume

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 2, 9, 30, 15, 250, tzinfo=dt.UTC)


def test_every_kind_of_field_arrives(position: Position) -> None:
    people = [
        Candidate.objects.create(branch=position.branch, name=name, created_at=AT)
        for name in ("江", "沈")
    ]
    rows = [
        Resume.objects.create(
            position=position, file_name=f"{n}.pdf", sha256=str(n) * 64, created_at=AT
        )
        for n in range(3)
    ]
    rows[0].candidate, rows[0].parsed, rows[0].read_at = people[0], {"名": ["a", None, 1.5]}, AT
    rows[0].years, rows[0].flags, rows[0].text = 3.5, ["stuffing"], "100% %s 'quoted'"
    rows[1].candidate, rows[1].geometry, rows[1].status = people[1], None, Resume.Status.READ
    rows[2].file_name = "not named, not written.pdf"
    names = ["candidate", "parsed", "read_at", "years", "flags", "text", "geometry", "status"]
    with CaptureQueriesContext(connection) as said:
        rows_update(rows, names)
    assert len(said) == 1
    for row in rows:
        stored = Resume.objects.get(pk=row.pk)
        for name in names:
            assert getattr(stored, name) == getattr(row, name), name
    assert Resume.objects.get(pk=rows[2].pk).file_name == "2.pdf"
    assert Resume.objects.filter(parsed__名__2=1.5).get().pk == rows[0].pk


def test_nothing_to_write_says_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        rows_update([], ["text"])

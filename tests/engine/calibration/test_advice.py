"""What raters are told about themselves, and who should sit together."""

from __future__ import annotations

import pytest

from touchstone.common.messages import render
from touchstone.engine.calibration.design import advise_links
from touchstone.engine.calibration.notes import rater_notes
from touchstone.engine.calibration.ratings import RaterSeverity


@pytest.mark.parametrize(
    ("severity", "ci", "n", "misfit", "expected"),
    [
        (0.9, (0.5, 1.3), 20, 1.0, ["note_strict"]),
        (-0.9, (-1.3, -0.5), 20, 1.0, ["note_lenient"]),
        (0.2, (-0.1, 0.5), 20, 1.0, ["note_usual"]),
        (0.2, (-0.1, 0.5), 20, 1.9, ["note_usual", "note_erratic"]),
        (0.2, (-0.1, 0.5), 20, 0.3, ["note_usual", "note_uniform"]),
        (0.9, (0.5, 1.3), 7, 1.0, ["note_few"]),
        (0.0, None, 40, None, ["note_few"]),
    ],
)
def test_notes(
    severity: float,
    ci: tuple[float, float] | None,
    n: int,
    misfit: float | None,
    expected: list[str],
) -> None:
    notes = rater_notes(RaterSeverity("r", "d", severity, ci, n, misfit))
    assert [note.id for note in notes] == [f"calibration.{name}" for name in expected]
    for note in notes:
        assert render(note, "zh")
        assert render(note, "en")


def test_groups_that_share_nobody_are_joined_first() -> None:
    panels = [("c1", ["a", "b"]), ("c2", ["a", "b"]), ("c3", ["x", "y"]), ("c4", ["x", "y"])]
    links = advise_links(panels)
    assert links[0].joins
    assert {links[0].first, links[0].second} == {"a", "x"}


def test_a_rater_who_shares_little_is_linked_to_the_busiest() -> None:
    panels = [(f"c{i}", ["a", "b"]) for i in range(6)] + [("c9", ["a", "z"])]
    links = advise_links(panels)
    assert [(link.first, link.second, link.shared) for link in links] == [("a", "z", 1)]


def test_a_firm_design_needs_no_advice() -> None:
    panels = [(f"c{i}", ["a", "b", "c"]) for i in range(5)]
    assert advise_links(panels) == ()
    assert advise_links([]) == ()

"""What one rater is told about their own scoring, and nobody else."""

from __future__ import annotations

from touchstone.common.messages import Message, say
from touchstone.engine.calibration.ratings import RaterSeverity

FEW_RATINGS = 8
ERRATIC, UNIFORM = 1.5, 0.5


def rater_notes(rater: RaterSeverity) -> tuple[Message, ...]:
    """Severity with its interval, and whether the rater orders candidates as others do.

    With fewer than eight ratings, or no interval, it only says that the data are too few.
    """
    if rater.ci is None or rater.n < FEW_RATINGS:
        return (say("calibration.note_few", n=rater.n, needed=FEW_RATINGS),)
    low, high = rater.ci
    args = {
        "points": f"{abs(rater.severity):.1f}",
        "low": f"{min(abs(low), abs(high)):.1f}",
        "high": f"{max(abs(low), abs(high)):.1f}",
        "n": rater.n,
    }
    if low > 0:
        notes = [say("calibration.note_strict", **args)]
    elif high < 0:
        notes = [say("calibration.note_lenient", **args)]
    else:
        notes = [say("calibration.note_usual", n=rater.n)]
    if rater.misfit is not None and rater.misfit > ERRATIC:
        notes.append(say("calibration.note_erratic", misfit=f"{rater.misfit:.1f}"))
    if rater.misfit is not None and rater.misfit < UNIFORM:
        notes.append(say("calibration.note_uniform", misfit=f"{rater.misfit:.1f}"))
    return tuple(notes)

"""The stages of an application and the steps between them.

    applied → screened → invited → assessed → interviewing → evaluated → offered → hired
                  └────────────────────────────────↗ (a person waives the assessment)

From every stage before `hired`: a person may reject, with a reason; the candidate may withdraw.
No step into `rejected` exists for anyone but a person.
"""

from __future__ import annotations

from typing import Final

from touchstone.recruiting.models import Application

Stage = Application.Stage

ORDER: Final = [
    Stage.APPLIED,
    Stage.SCREENED,
    Stage.INVITED,
    Stage.ASSESSED,
    Stage.INTERVIEWING,
    Stage.EVALUATED,
    Stage.OFFERED,
    Stage.HIRED,
]
OPEN: Final = frozenset(ORDER[:-1])
FINAL: Final = frozenset({Stage.HIRED, Stage.REJECTED, Stage.WITHDRAWN})

PERSON: Final = "person"
CANDIDATE: Final = "candidate"
SYSTEM: Final = "system"

STEPS: Final[dict[tuple[str, str], frozenset[str]]] = {
    (Stage.APPLIED, Stage.SCREENED): frozenset({SYSTEM, PERSON}),
    (Stage.SCREENED, Stage.INVITED): frozenset({PERSON}),
    (Stage.INVITED, Stage.ASSESSED): frozenset({SYSTEM, CANDIDATE, PERSON}),
    (Stage.SCREENED, Stage.INTERVIEWING): frozenset({PERSON}),
    (Stage.INVITED, Stage.INTERVIEWING): frozenset({PERSON}),
    (Stage.ASSESSED, Stage.INTERVIEWING): frozenset({PERSON}),
    (Stage.INTERVIEWING, Stage.EVALUATED): frozenset({SYSTEM, PERSON}),
    (Stage.EVALUATED, Stage.INTERVIEWING): frozenset({PERSON}),
    (Stage.EVALUATED, Stage.OFFERED): frozenset({PERSON}),
    (Stage.OFFERED, Stage.HIRED): frozenset({PERSON}),
    (Stage.OFFERED, Stage.EVALUATED): frozenset({PERSON}),
    **{(stage, Stage.REJECTED): frozenset({PERSON}) for stage in OPEN},
    **{(stage, Stage.WITHDRAWN): frozenset({CANDIDATE, PERSON}) for stage in OPEN},
}

NEEDS_REASON: Final = frozenset({Stage.REJECTED, Stage.OFFERED})


def may_step(from_stage: str, to_stage: str, actor_kind: str) -> bool:
    """Whether this kind of actor may take the step."""
    return actor_kind in STEPS.get((from_stage, to_stage), frozenset())


def reached(stage: str) -> int:
    """Position in the order of stages; −1 for those outside it."""
    return ORDER.index(Stage(stage)) if stage in ORDER else -1

"""What was done in a conversation, never how it sounded: no accent, length or polish."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from touchstone.common.messages import Message, say
from touchstone.engine.grading.lexicon import read_yaml

ACTS = ("asked", "paraphrased", "explained", "example", "limits", "options", "next_step")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done, in the words ``text[start:end] == quote``."""

    kind: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CommunicationAnalysis:
    """What an answer or transcript did.

    Attributes:
        acts: what was found, in the order of the text.
        understood_first: it asked or paraphrased before the first explanation.
        cause_then_effect: some explanation gives the cause before its effect.
        owner, date: the proposed next steps name who does it and by when.
    """

    acts: tuple[Act, ...]
    understood_first: bool
    cause_then_effect: bool
    limits: bool
    next_step: bool
    owner: bool
    date: bool


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile("|".join(f"(?:{p})" for p in alternatives), re.IGNORECASE)
        for name, alternatives in read_yaml("acts.yaml").items()
    }


def analyse_communication(text: str) -> CommunicationAnalysis:
    """What was done in ``text``, in Chinese or English. Offsets count code points of it."""
    patterns = _patterns()
    acts = [
        Act(kind, match.group(), match.start(), match.end())
        for kind in ACTS
        for match in patterns[kind].finditer(text)
    ]
    acts.sort(key=lambda a: (a.start, a.end))
    first = {kind: next((a.start for a in acts if a.kind == kind), None) for kind in ACTS}
    heard = [p for p in (first["asked"], first["paraphrased"]) if p is not None]
    explained = first["explained"]
    steps = [a for a in acts if a.kind == "next_step"]
    around = " ".join(_sentences_at(text, a) for a in steps)
    return CommunicationAnalysis(
        acts=tuple(acts),
        understood_first=bool(heard) and (explained is None or min(heard) < explained),
        cause_then_effect=bool(patterns["cause_then_effect"].search(text)),
        limits=first["limits"] is not None,
        next_step=bool(steps),
        owner=bool(patterns["owner"].search(around)),
        date=bool(patterns["date"].search(around)),
    )


def _sentences_at(text: str, act: Act) -> str:
    """The sentence of an act and the one after it."""
    ends = "。！？!?\n"
    start = max((text.rfind(e, 0, act.start) for e in ends), default=-1) + 1
    end = act.end
    for _ in range(2):
        found = [p for p in (text.find(e, end + 1) for e in ends) if p >= 0]
        end = min(found) if found else len(text)
    return text[start:end]


def communication_messages(text: str) -> list[Message]:
    """Sentences about what was done and what was not."""
    found = analyse_communication(text)
    done = {
        "understood_first": found.understood_first,
        "cause_then_effect": found.cause_then_effect,
        "limits": found.limits,
        "next_step": found.next_step,
    }
    messages = [say(f"grading.{'did' if ok else 'did_not'}_{name}") for name, ok in done.items()]
    if found.next_step:
        if not found.owner:
            messages.append(say("grading.no_owner"))
        if not found.date:
            messages.append(say("grading.no_date"))
    return messages

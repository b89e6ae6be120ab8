"""A few talks of the demo are recorded and written down, where the candidate agreed.

Nobody's voice is made up: the sound is silence of the talk's length, and the words are those that
the candidate answers to the kit's questions.
"""

from __future__ import annotations

import datetime as dt
import re

from touchstone.audit.pieces import scratch_file
from touchstone.common.actors import Actor
from touchstone.common.messages import Lang
from touchstone.demo.answers import write_answer
from touchstone.demo.people import Person
from touchstone.interviews.models import Interview, Transcript
from touchstone.interviews.services.heard_points import heard_decide
from touchstone.interviews.services.meetings import words_allowed
from touchstone.interviews.services.recordings import recording_store
from touchstone.interviews.services.transcripts import transcript_bring
from touchstone.library.selectors import questions_by_code

# One frame of MPEG 2.5 layer III, 8 kbit/s, 8 kHz, mono: 72 milliseconds of silence in 72 bytes.
FRAME = bytes.fromhex("ffe318c4") + bytes(68)
FRAMES_A_SECOND = 1000 / 72
CHARACTERS_A_SECOND = 5.0
THINKS_S = 4.0
CONFIRMED = 2
SENTENCE = re.compile(r"[^。！？.!?\n]+[。！？.!?]*")


def record_talk(
    *,
    interview: Interview,
    person: Person,
    lead: Actor,
    names: dict[str, str],
    at: dt.datetime,
    confirms: bool = True,
) -> Transcript | None:
    """Stores the recording with its words, where the candidate agreed.

    Args:
        confirms: whether the lead confirms what was said outright, or leaves all to be decided.
        names: ref of a panel member → name, as the words name the speakers.
    """
    if not words_allowed(interview) or not interview.asked:
        return None
    seconds = int((interview.ends_at - interview.starts_at).total_seconds())
    with scratch_file() as part:
        part.write_bytes(FRAME * int(seconds * FRAMES_A_SECOND))
        recording = recording_store(
            actor=lead,
            interview=interview,
            part=part,
            name=f"{interview.starts_at:%Y-%m-%d}.mp3",
            source="upload",
            at=at,
        )
    words = _subtitles(interview, person, names)
    transcript = transcript_bring(actor=lead, recording=recording, data=words.encode(), at=at)
    outright = [p for p in transcript.proposals if p["whole"]][: CONFIRMED * confirms]
    for proposal in outright:
        heard_decide(
            actor=lead,
            transcript=transcript,
            question=proposal["question"],
            point=proposal["point"],
            decision="yes",
            at=at,
        )
    return transcript


def _subtitles(interview: Interview, person: Person, names: dict[str, str]) -> str:
    """The talk as WebVTT: each question as it was asked, and the candidate's answer to it."""
    lang: Lang = "en" if interview.kit.get("lang") == "en" else "zh"
    known = questions_by_code(list(interview.asked))
    candidate = interview.application.candidate.name
    cues = ["WEBVTT"]
    for code, asked in sorted(interview.asked.items(), key=lambda row: row[1]["at"]):
        question = known.get(code)
        if question is None:
            continue
        at = float(asked["at"])
        asks = question.text.text(lang)
        at = _say(cues, at, names.get(asked["by"], ""), asks)
        answer = write_answer(person, question.rubric_document(lang), 7, lang).text
        at += THINKS_S
        for sentence in SENTENCE.findall(answer):
            if sentence.strip():
                at = _say(cues, at, candidate, sentence.strip())
    return "\n\n".join(cues)


def _say(cues: list[str], at: float, who: str, words: str) -> float:
    until = at + max(1.5, len(words) / CHARACTERS_A_SECOND)
    cues.append(f"{_clock(at)} --> {_clock(until)}\n<v {who}>{' '.join(words.split())}</v>")
    return until


def _clock(second: float) -> str:
    whole, milliseconds = divmod(round(second * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{milliseconds:03}"

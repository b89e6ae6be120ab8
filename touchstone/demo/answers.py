"""Answers of candidates to rubric questions, as good as the candidates are."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Lang
from touchstone.demo.composing import project_name, spaced, told_level
from touchstone.demo.people import Person
from touchstone.demo.wording import Wording, bank, rng_for, weighted

# On a scale of 0–10: where a candidate covers half of the points, and how sharp the edge is.
HALF_COVERED = 4.6
COVERAGE_SLOPE = 1.1
_DAY_NOISE = 0.6
_HELPLESS = 2.0
_COPYING = 5.0
_DIMENSIONS = {"scenario": "communication"}
_SENTENCE = re.compile(r"[^。！？.!?\n]+[。！？.!?]?")
_OPINION = re.compile(
    r"^(?:认为|以为|觉得|误以为|只要|thinks? that |believes? that |thinks? |believes? )"
)
_ACCEPT_SHARE = 0.6
_EXPLAINS_FROM = 6.0


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer, and what was put into it.

    Attributes:
        style: own | partly_copied | copied | echo | off_topic | short | keywords.
        covered: ids of the key points said. wrong: ids of the misconceptions said.
    """

    text: str
    style: str
    covered: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


def write_answer(
    person: Person, rubric: Mapping[str, Any], seed: int, lang: Lang | None = None
) -> WrittenAnswer:
    """What the person answers to a question; the same for the same arguments.

    Args:
        rubric: as RUBRIC.yaml of the formats document, in the language of the answer.
        lang: the language of the answer; by default that of the rubric.
    """
    kind = str(rubric.get("kind", "technical"))
    dimension = str(rubric.get("dimension") or kind)
    if dimension not in person.ability:
        dimension = _DIMENSIONS.get(kind, kind)
    rng = rng_for(seed, "answer", person.identity, rubric["id"])
    level = person.level(dimension) + rng.gauss(0, _DAY_NOISE)
    language: Lang = lang or ("en" if rubric.get("lang") == "en" else "zh")
    return _Answer(person, rubric, rng, level, language).written()


class _Answer:
    def __init__(
        self,
        person: Person,
        rubric: Mapping[str, Any],
        rng: random.Random,
        level: float,
        lang: Lang,
    ) -> None:
        self.rubric = rubric
        self.rng = rng
        self.level = level
        self.lang = lang
        self.bank: Mapping[str, Any] = bank("answers")[lang]
        self.communication = person.level("communication")
        self.words = Wording(rng, {"project": project_name(person, lang)})
        self.used: set[str] = set()

    def written(self) -> WrittenAnswer:
        if self.level < _HELPLESS:
            return self.helpless()
        if self.rubric.get("material") and self.level < _COPYING and self.rng.random() < 0.5:
            return self.copied()
        return self.own()

    # -- those who know something

    def own(self) -> WrittenAnswer:
        points = list(self.rubric["key_points"])
        chance = 1 / (1 + math.exp(-(self.level - HALF_COVERED) / COVERAGE_SLOPE))
        covered = [point for point in points if self.rng.random() < chance]
        wrong = self.misconceptions()
        parts = [self.pick("opening")]
        if self.communicates():
            parts += self.moves()
        for number, point in enumerate(covered):
            parts.append(self.carried(point, "carry" if number else "first"))
            if number % 2 == 1 and self.rng.random() < 0.45:
                parts.append(self.pick("aside"))
        parts += [self.mistaken(misconception) for misconception in wrong]
        if len(covered) * 2 < len(points):
            parts += self.words.some(self.bank["vague"], self.rng.randint(1, 2))
        parts.append(self.pick("closing"))
        return WrittenAnswer(
            self.joined(parts),
            "own",
            tuple(str(point["id"]) for point in covered),
            tuple(str(misconception["id"]) for misconception in wrong),
        )

    def communicates(self) -> bool:
        chance = 1 / (1 + math.exp(-(self.communication - 5.5)))
        return self.rubric.get("kind") == "communication" and self.rng.random() < chance

    def moves(self) -> list[str]:
        moves: Sequence[str] = self.bank["moves"]
        count = min(len(moves), max(1, round(self.communication / 2.2)))
        kept = sorted(self.rng.sample(range(len(moves)), count))
        return [self.words.write(moves[index]) for index in kept]

    def carried(self, point: Mapping[str, Any], part: str) -> str:
        """A key point in the candidate's words, inside a sentence of their level."""
        full = self.trimmed(self.reworded(str(point["text"])))
        accepted = list(point.get("accept") or ())
        said = full
        if accepted and self.rng.random() < _ACCEPT_SHARE:
            said = str(self.rng.choice(accepted))
            if self.level > _EXPLAINS_FROM and self.rng.random() < 0.4:
                said = self.words.write(f"{full}{self.bank['example']}{self.trimmed(said)}")
        return self.framed(part, said)

    def mistaken(self, misconception: Mapping[str, Any]) -> str:
        accepted = list(misconception.get("accept") or ())
        said = str(self.rng.choice(accepted)) if accepted else str(misconception["text"])
        self.words.slots["point"] = self.trimmed(_OPINION.sub("", said))
        return self.words.one(self.bank["wrong"])

    def misconceptions(self) -> list[Mapping[str, Any]]:
        chance = 0.7 / (1 + math.exp((self.level - 3.8) / 0.8))
        found = [m for m in self.rubric.get("misconceptions") or () if self.rng.random() < chance]
        return found[:2]

    def framed(self, part: str, said: str) -> str:
        self.words.slots["point"] = self.trimmed(said)
        return self.pick(part)

    def pick(self, part: str) -> str:
        """A phrase of the part at the person's level, not used before where there is one."""
        phrases = self.bank[part][told_level(self.rng, self.level)]
        fresh = [phrase for phrase in phrases if phrase not in self.used] or phrases
        chosen = self.rng.choice(fresh)
        self.used.add(chosen)
        return self.words.write(chosen)

    def trimmed(self, said: str) -> str:
        said = said.strip().rstrip("。.；;，,")
        if self.lang == "en" and said[:2].istitle():
            said = said[0].lower() + said[1:]
        return said.replace("{", "(").replace("}", ")")

    def reworded(self, text: str) -> str:
        """The text with some of its words exchanged for plainer ones."""
        for pair in self.bank["synonyms"].split():
            stiff, plain = pair.split("=")
            if stiff in text and self.rng.random() < 0.6:
                text = text.replace(stiff, plain.replace("_", " "))
        return text

    # -- those who do not

    def copied(self) -> WrittenAnswer:
        sentences = [s.strip() for s in _SENTENCE.findall(self.rubric["material"]) if s.strip()]
        count = min(len(sentences), self.rng.randint(3, 6))
        first = self.rng.randint(0, max(0, len(sentences) - count))
        glue = "" if self.lang == "zh" else " "
        text = glue.join(sentences[first : first + count])
        if self.rng.random() < 0.5:
            return WrittenAnswer(text, "copied")
        return WrittenAnswer(
            self.joined([self.pick("opening"), text, self.pick("closing")]), "partly_copied"
        )

    def helpless(self) -> WrittenAnswer:
        style = weighted(
            self.rng, {"short": 3, "off_topic": 3, "echo": 2, "keywords": 1, "vague": 3}
        )
        if style == "echo":
            question = str(self.rubric["question"])
            return WrittenAnswer(self.joined([self.pick("opening"), question]), "echo")
        count = {"off_topic": 2, "vague": 2}.get(style, 1)
        text = self.joined(self.words.some(self.bank[style], count))
        return WrittenAnswer(text, "own" if style == "vague" else style)

    def joined(self, parts: Sequence[str]) -> str:
        if self.lang == "zh":
            return spaced("".join(parts))
        return " ".join(part[:1].upper() + part[1:] for part in parts)

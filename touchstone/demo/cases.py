"""Project cases that candidates hand in: what they did, with figures, some of them impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from touchstone.common.messages import Lang
from touchstone.demo.composing import main_project, project_name, spaced, told_level
from touchstone.demo.people import Person
from touchstone.demo.wording import Wording, bank, rng_for

# Who judges disputed samples in a field, and how a change is tried there.
_FIELDS = {
    "medical_imaging": ("主任医师", "分院对照"),
    "ecommerce": ("类目运营", "按用户分流的 A/B"),
    "autonomous_driving": ("功能安全同事", "同路线新旧版本对照"),
    "education": ("教研组长", "按班级分组的对照"),
}
_ELSEWHERE = ("资深业务同事", "按用户分流的 A/B")
_BOASTS_BELOW = 4.2
_BOAST_SHARE = 0.45


@dataclass(frozen=True, slots=True)
class ProjectCase:
    """``implausible``: a claim in it cannot be true."""

    title: str
    text: str
    implausible: bool


def write_project_case(person: Person, seed: int, lang: Lang | None = None) -> ProjectCase:
    """The person's main project as a case: context, own share, method, result, limits.

    Able people give a baseline, a method and what failed; weak ones give adjectives, and now and
    then a figure that cannot be true.

    Args:
        lang: by default the person's own language.
    """
    language: Lang = lang or ("en" if person.lang == "en" else "zh")
    rng = rng_for(seed, "case", person.identity)
    source = main_project(person, language)
    expert, split = _FIELDS.get(source.get("industry", ""), _ELSEWHERE)
    words = Wording(
        rng, {"project": project_name(person, language), "expert": expert, "split": split}
    )
    case: Mapping[str, Any] = bank("cases")[language]
    ability = (person.level("technical") + person.level("business")) / 2
    level = told_level(rng, ability)
    parts = [words.one(case["opening"])]
    implausible = ability < _BOASTS_BELOW and rng.random() < _BOAST_SHARE
    if level != "weak":
        parts.append(words.one(source["context"]))
    parts.append(words.one(case["share"][level]))
    if level == "weak":
        parts += words.some(case["weak_body"], 2)
    else:
        steps = source["strong" if level == "strong" else "fair"]
        parts += words.some(steps, 3)
    if level == "strong":
        parts += [words.one(case["method"]), *words.some(source["won"], 2)]
        parts.append(words.one(case["limit"]))
    elif not implausible:
        parts.append(words.one(source["modest"]))
    if implausible:
        parts.append(words.one(case["implausible"]))
    return ProjectCase(words.slots["project"], _paragraph(parts, language), implausible)


def _paragraph(parts: list[str], lang: Lang) -> str:
    stop, glue = ("。", "") if lang == "zh" else (".", " ")
    ended = [part if part.endswith(("。", ".", "！")) else part + stop for part in parts]
    text = glue.join(ended)
    return spaced(text) if lang == "zh" else text

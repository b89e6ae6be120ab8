"""What an applicant's resume says, from who they are and how good they are."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

from touchstone.demo.careers import Job, Study
from touchstone.demo.drafts import Draft, Entry, Section
from touchstone.demo.people import AS_OF, Person
from touchstone.demo.wording import Wording, bank, rng_for

_DEGREES = {
    "zh": {"doctor": "博士", "master": "硕士", "bachelor": "本科", "associate": "大专"},
    "en": {
        "doctor": "PhD",
        "master": "Master of Science",
        "bachelor": "Bachelor of Science",
        "associate": "Associate Degree",
    },
}
_ROLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "zh": {
        "strong": ("负责人", "项目负责人", "数据与训练负责人"),
        "fair": ("核心成员", "成员", "数据负责"),
    },
    "en": {
        "strong": ("Lead", "Data and training lead"),
        "fair": ("Team member", "Data specialist"),
    },
}
_DATE_STYLES = {
    "zh": ("{0:%Y.%m}", "{0.year}年{0.month}月", "{0:%Y/%m}", "{0:%Y-%m}"),
    "en": ("{0:%b %Y}", "{0:%m/%Y}", "{0:%Y-%m}"),
}
_OLDER_JOB = 1.3
_CUT_SHARE = 0.25
_ASIDE_SHARE = 0.4
_WIDE = r"[\u4e00-\u9fff]"
_NEEDLESS = re.compile(rf"(?<={_WIDE}) (?={_WIDE})")
_SPACE = re.compile(rf"(?<={_WIDE})(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?={_WIDE})")


def spaced(text: str) -> str:
    """A space between Chinese and Latin letters or digits."""
    return _SPACE.sub(" ", text)


def told_level(rng: random.Random, ability: float) -> str:
    """How something is told — strong, fair or weak — the likelier strong the abler the person."""
    if rng.random() < _logistic((ability - 5.9) / 0.8):
        return "strong"
    return "fair" if rng.random() < _logistic((ability - 2.7) / 0.7) else "weak"


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def main_project(person: Person, lang: str) -> Mapping[str, Any]:
    """The phrases of the person's main project in a language."""
    sources: Mapping[str, Mapping[str, Any]]
    sources = bank("projects_zh") if lang == "zh" else bank("resume_en")["projects"]
    key = person.projects[0]
    return sources[key if key in sources else "platform"]


def project_name(person: Person, lang: str) -> str:
    """What the person calls their main project, the same wherever it is asked."""
    rng = rng_for("project", person.identity, lang)
    return spaced(Wording(rng).one(main_project(person, lang)["names"]))


def compose(person: Person, seed: int, as_of: dt.date = AS_OF) -> Draft:
    """The resume of a person; a second application by the same person is worded anew.

    Args:
        as_of: the day of applying, after which no project has begun.
    """
    return _Writer(person, rng_for(seed, "resume", person.id), as_of).draft()


class _Writer:
    def __init__(self, person: Person, rng: random.Random, as_of: dt.date) -> None:
        self.person = person
        self.as_of = as_of
        self.rng = rng
        self.lang = person.lang
        self.bank: Mapping[str, Any] = bank(f"resume_{person.lang}")
        self.words = Wording(rng)
        self.used: set[str] = set()
        self.date_style = rng.choice(_DATE_STYLES[self.lang])
        self.plain = person.tier in {"unrelated", "hopeless"}
        self.merged = rng.random() < 0.18
        self.spacing = self.lang == "zh" and rng.random() < 0.75

    def draft(self) -> Draft:
        parts = (
            self.profile(),
            self.work(),
            self.internships(),
            self.projects(),
            self.skills(),
            self.extra(),
            self.certificates(),
        )
        sections = [part for part in parts if part]
        education = self.education()
        if self.person.tier == "student" or self.rng.random() < 0.35:
            sections.insert(1 if sections[0].kind == "profile" else 0, education)
        else:
            sections.append(education)
        if self.person.stuffing:
            sections = self.stuffed(sections)
        title = ""
        if self.rng.random() < 0.25:
            title = "个人简历" if self.lang == "zh" else "Curriculum Vitae"
        hidden = ""
        if self.person.stuffing in {"hidden", "injection"}:
            hidden = " ".join(self.bank["stuffing"][self.person.stuffing])
        return Draft(
            name=self.person.name,
            lang=self.lang,
            title=title,
            contacts=self.contacts(),
            sections=tuple(map(self.finish, sections)),
            hidden=hidden,
            bare=self.rng.random() < 0.25,
        )

    def finish(self, section: Section) -> Section:
        entries = tuple(
            Entry(e.title, e.role, e.dates, tuple(map(self.polish, e.lines)))
            for e in section.entries
        )
        return Section(
            section.kind, section.heading, entries, tuple(map(self.polish, section.lines))
        )

    def polish(self, line: str) -> str:
        return spaced(line) if self.spacing else line

    # -- one phrase at a time, none twice in a resume

    def phrase(self, phrases: Sequence[str]) -> str | None:
        fresh = [p for p in phrases if p not in self.used]
        if not fresh:
            return None
        chosen = self.rng.choice(fresh)
        self.used.add(chosen)
        return self.varied(self.words.write(chosen))

    def varied(self, line: str) -> str:
        """The line with some words exchanged for others that say the same."""
        for choice in bank("variants")[self.lang]:
            ways = choice.split("|")
            for word in ways:
                if word in line:
                    line = line.replace(word, self.rng.choice(ways), 1)
                    break
        return _NEEDLESS.sub("", line)

    def worked(self, line: str) -> str:
        """A line of work, at times cut short or with a remark in brackets."""
        line = self.cut(line)
        if line.endswith(("。", ".")) or self.rng.random() > _ASIDE_SHARE:
            return line
        aside = self.words.one(bank("variants")["asides"][self.lang])
        return f"{line}{'' if self.lang == 'zh' else ' '}{aside}"

    def cut(self, line: str) -> str:
        if self.rng.random() > _CUT_SHARE:
            return line
        return _without_last_clause(line, "，" if self.lang == "zh" else ", ")

    def phrases(self, source: Mapping[str, Sequence[str]], ability: float, count: int) -> list[str]:
        told = (self.phrase(source[told_level(self.rng, ability)]) for _ in range(count))
        return [line for line in told if line]

    def heading(self, kind: str) -> str:
        found = self.bank["headings"][kind]
        return str(self.rng.choice(found.split() if isinstance(found, str) else found))

    def level(self, dimension: str = "") -> float:
        return self.person.level(dimension)

    # -- head

    def contacts(self) -> tuple[tuple[str, str], ...]:
        person, rng, zh = self.person, self.rng, self.lang == "zh"
        labels = ("电话", "邮箱") if rng.random() < 0.6 else ("手机", "E-mail")
        if not zh:
            labels = ("Phone", "Email")
        found = [(labels[0], _phone(rng, person.phone)), (labels[1], person.email)]
        if rng.random() < 0.3:
            found.reverse()
        found.append(("现居" if zh else "Location", person.city))
        if zh and rng.random() < 0.3:
            found.insert(0, ("性别", person.gender))
            found.insert(1, ("出生年月", f"{person.birth_year}.{rng.randint(1, 12):02d}"))
        intention = self.words.one(self.bank["intentions"])
        found.append((self.heading("intention"), intention))
        return tuple(found)

    def date(self, day: dt.date | None) -> str:
        if day is None:
            return "至今" if self.lang == "zh" else "Present"
        return self.date_style.format(day)

    def span(self, start: dt.date, end: dt.date | None) -> str:
        dash = " – " if self.lang == "en" else ("-" if "年" in self.date_style else " - ")
        return f"{self.date(start)}{dash}{self.date(end)}"

    # -- sections

    def profile(self) -> Section | None:
        tier = self.person.tier
        if tier == "stuffed" or self.rng.random() < 0.15:
            return None
        source = self.bank["profile"]
        if tier in source:
            line = self.phrase(source[tier])
        else:
            line = self.phrase(source[told_level(self.rng, self.level())])
        lines = [line or ""]
        if self.person.gap_months:
            lines.append(self.phrase(self.bank["gap"]) or "")
        return Section("profile", self.heading("profile"), lines=tuple(filter(None, lines)))

    def work(self) -> Section | None:
        jobs = [job for job in self.person.jobs if not job.internship]
        return self._jobs_section("work", jobs)

    def internships(self) -> Section | None:
        jobs = [job for job in self.person.jobs if job.internship]
        return self._jobs_section("internship", jobs)

    def _jobs_section(self, kind: str, jobs: Sequence[Job]) -> Section | None:
        if not jobs:
            return None
        entries = tuple(self.job(job, age) for age, job in enumerate(jobs))
        return Section(kind, self.heading(kind), entries)

    def job(self, job: Job, age: int) -> Entry:
        ability = self.level() - _OLDER_JOB * age
        lines = self.unrelated_duties(job) if job.industry == "unrelated" else []
        if not lines:
            told = self.phrases(self.bank["duties"], ability, self.rng.randint(2, 4))
            lines = [self.worked(line) for line in told]
            if self.rng.random() < 0.5:
                told = self.phrases(self.bank["communication"], self.level("communication"), 1)
                lines += [self.worked(line) for line in told]
        if self.merged and age == 0 and job.industry != "unrelated":
            for key in self.person.projects[:2]:
                lines += self.project(key).lines
        return Entry(job.company, job.title, self.span(job.start, job.end), tuple(lines))

    def unrelated_duties(self, job: Job) -> list[str]:
        duties = self.bank["duties"]
        source = duties.get(job.title) or duties.get("unrelated") or []
        told = (self.phrase(source) for _ in range(3))
        return [line for line in told if line]

    def projects(self) -> Section | None:
        if self.merged or self.plain or self.person.tier == "stuffed":
            return None
        jobs = list(self.person.jobs)
        entries = []
        for number, key in enumerate(self.person.projects):
            dates = self.project_dates(jobs[min(number, len(jobs) - 1)]) if jobs else ""
            entry = self.project(key)
            if entry.lines:
                entries.append(Entry(entry.title, entry.role, dates, entry.lines))
        return Section("project", self.heading("project"), tuple(entries)) if entries else None

    def project_dates(self, job: Job) -> str:
        if self.rng.random() < 0.3:
            return ""
        last = job.end or self.as_of
        months = max(1, (last.year - job.start.year) * 12 + last.month - job.start.month)
        begin = self.rng.randint(0, max(0, months - 3))
        length = min(months - begin, self.rng.randint(2, 8))
        index = job.start.year * 12 + job.start.month - 1 + begin
        start = dt.date(index // 12, index % 12 + 1, 1)
        index += length
        return self.span(start, dt.date(index // 12, index % 12 + 1, 1))

    def project(self, key: str) -> Entry:
        """A project told at the person's level: what hurt, what was done, what came of it."""
        main = key == self.person.projects[0]
        source = main_project(self.person, self.lang) if main else self.project_source(key)
        technical, business = self.level("technical"), self.level("business")
        level = told_level(self.rng, technical)
        lines: list[str | None] = []
        if told_level(self.rng, business) != "weak" and self.rng.random() < 0.6:
            lines.append(self.phrase(source["context"]))
        steps: Mapping[str, Sequence[str]]
        steps = {"strong": source["strong"], "fair": source["fair"], "weak": self.weak_steps()}
        told = self.phrases(steps, technical, self.rng.randint(2, 4))
        lines += [self.worked(line) for line in told]
        result = told_level(self.rng, (technical + business) / 2)
        if result != "weak":
            lines.append(self.phrase(source["won" if result == "strong" else "modest"]))
        roles = _ROLES[self.lang]["strong" if level == "strong" else "fair"]
        role = self.rng.choice(roles)
        name = self.words.one(source["names"])
        if main:
            name = project_name(self.person, self.lang)
        self.used.update(source["names"])
        return Entry(name, role, "", tuple(line for line in lines if line))

    def project_source(self, key: str) -> Mapping[str, Any]:
        if self.lang == "zh":
            found: Mapping[str, Any] = bank("projects_zh")[key]
            return found
        sources: Mapping[str, Mapping[str, Any]] = self.bank["projects"]
        fresh = [k for k, p in sources.items() if not set(p["names"]) & self.used]
        return sources[key if key in fresh else self.rng.choice(fresh)]

    def weak_steps(self) -> Sequence[str]:
        steps: Sequence[str] = self.bank["duties"]["weak"]
        return steps

    def skills(self) -> Section:
        source = self.bank["skills"]
        if self.plain:
            lines = self.words.some(source["unrelated"], 2)
        else:
            ability = self.level("technical") - (1 if self.person.tier == "student" else 0)
            told = self.phrases(source, ability, self.rng.randint(3, 5))
            lines = [self.cut(line) for line in told]
        return Section("skills", self.heading("skills"), lines=tuple(lines))

    def extra(self) -> Section | None:
        if self.person.tier in {"stuffed", "hopeless", "unrelated"}:
            return None
        lines = self.phrases(self.bank["learning"], self.level("learning"), self.rng.randint(1, 2))
        lines += self.phrases(self.bank["communication"], self.level("communication"), 1)
        lines = [self.cut(line) for line in lines]
        if self.person.tier == "student":
            lines = self.words.some(self.bank["campus"], self.rng.randint(2, 3)) + lines
        return Section("extra", self.heading("extra"), lines=tuple(lines))

    def certificates(self) -> Section | None:
        if self.rng.random() > 0.4:
            return None
        source = "certificates_student" if self.person.tier == "student" else "certificates"
        lines = self.words.some(self.bank[source], self.rng.randint(1, 2))
        return Section("certificates", self.heading("certificates"), lines=tuple(lines))

    def education(self) -> Section:
        studies = [s for s in (self.person.study, self.person.earlier_study) if s]
        entries = tuple(self.study(study) for study in studies)
        return Section("education", self.heading("education"), entries)

    def study(self, study: Study) -> Entry:
        degree = _DEGREES[self.lang][study.degree]
        role = f"{study.major}  {degree}" if self.lang == "zh" else f"{degree}, {study.major}"
        return Entry(study.school, role, self.span(study.start, study.end))

    def stuffed(self, sections: list[Section]) -> list[Section]:
        """The tricks: keyword walls, the job ad copied, orders to a machine."""
        way = self.person.stuffing
        tricks = {"keywords": "skills", "copied_ad": "work"}
        if way not in tricks:
            return sections
        lines = tuple(self.rng.sample(self.bank["stuffing"][way], 5))
        kept = [s for s in sections if s.kind not in {"skills", "extra"}]
        if way == "keywords":
            return [*kept, Section("skills", self.heading("skills"), lines=lines)]
        return [
            Section(s.kind, s.heading, (_with_lines(s.entries[0], lines), *s.entries[1:]))
            if s.kind == "work"
            else s
            for s in kept
        ]


def _without_last_clause(line: str, comma: str) -> str:
    """The line up to its last comma outside brackets and quotes, where two clauses remain."""
    depth, cuts = 0, []
    for at, character in enumerate(line):
        depth += (character in "（“(") - (character in "）”)")
        if depth == 0 and line.startswith(comma, at):
            cuts.append(at)
    return line[: cuts[-1]] if len(cuts) > 1 else line


def _with_lines(entry: Entry, lines: tuple[str, ...]) -> Entry:
    return Entry(entry.title, entry.role, entry.dates, lines)


def _phone(rng: random.Random, e164: str) -> str:
    digits = e164.removeprefix("+86")
    grouped = (digits[:3], digits[3:7], digits[7:])
    return rng.choice(
        (
            digits,
            digits,
            "-".join(grouped),
            " ".join(grouped),
            f"+86 {digits}",
            f"(+86){'-'.join(grouped)}",
        )
    )

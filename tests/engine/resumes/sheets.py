"""How people lay out a resume: the same facts in many orders, date styles and headings."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.engine.resumes.people import Job, Person, Study

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_LONG = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Row:
    """One line. ``cells`` stand beside each other: a tab, a table's columns or a gap."""

    cells: tuple[str, ...]
    kind: str = "plain"  # plain | bullet | name


@dataclass(frozen=True)
class Block:
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """A resume before it has a file format. ``hidden`` must not show in what is read."""

    lang: str
    head: tuple[Row, ...]
    blocks: tuple[Block, ...]
    hidden: str = ""

    def lines(self, bullet: str = "• ", gap: str = "  ") -> list[str]:
        out = [gap.join(row.cells) for row in self.head]
        for block in self.blocks:
            out += ["", block.heading]
            out += [
                (bullet if row.kind == "bullet" else "") + gap.join(row.cells) for row in block.rows
            ]
        return out


def _month(style: int, months: int | None, lang: str) -> str:
    if months is None:
        return (
            ("至今", "至今", "现在", "今", "至今", "至今", "至今")[style]
            if lang == "zh"
            else ("Present", "Present", "now", "Current", "Present", "present")[style]
        )
    year, month = divmod(months, 12)
    month += 1
    if lang == "zh":
        return (
            f"{year}.{month:02d}",
            f"{year}年{month}月",
            f"{year}/{month:02d}",
            f"{year}-{month:02d}",
            f"{year % 100:02d}.{month}",
            f"{year}{month:02d}",
            f"{year}.{month}",
        )[style]
    return (
        f"{_MONTHS[month - 1]} {year}",
        f"{month:02d}/{year}",
        f"{_LONG[month - 1]} {year}",
        f"{year}.{month:02d}",
        f"{_MONTHS[month - 1]}. {year}",
        f"{year}-{month:02d}",
    )[style]


def _span(
    rng: random.Random, style: int, start: int, end: int | None, lang: str, joint: str
) -> str:
    return f"{_month(style, start, lang)}{joint}{_month(style, end, lang)}"


_ZH_JOINTS = ("-", "—", " - ", " 至 ", "~", "-", " – ")
_EN_JOINTS = (" – ", " - ", " to ", "-", " — ", " - ")


def _job_rows(order: int, job: Job, when: str, lang: str) -> list[Row]:
    c, t = job.company, job.title
    if lang == "zh":
        heads = (
            [Row((when, c, t))],
            [Row((c, t, when))],
            [Row((c, when)), Row((t,))],
            [Row((when,)), Row((c, t))],
            [Row((f"{c} | {t} | {when}",))],
            [Row((t, when)), Row((c,))],
            [Row((f"公司名称：{c}",)), Row((f"职位：{t}",)), Row((f"在职时间：{when}",))],
            [Row((f"{when}  {c}  数据部 / {t}",))],
            [Row((f"{c}（{when}）",)), Row((f"职位：{t}",))],
        )
    else:
        heads = (
            [Row((t, when)), Row((c,))],
            [Row((c, when)), Row((t,))],
            [Row((f"{t}, {c}", when))],
            [Row((f"{t} | {c} | {when}",))],
            [Row((f"{c} — {t} ({when})",))],
            [Row((f"{t} at {c}", when))],
            [Row((when,)), Row((t,)), Row((c,))],
            [Row((f"{c}, Austin, TX", when)), Row((t,))],
            [Row((t,)), Row((c, when))],
        )
    return [*heads[order], *(Row((b,), "bullet") for b in job.bullets)]


def _study_rows(order: int, study: Study, when: str, lang: str) -> list[Row]:
    degree = study.degree
    if study.note:
        degree = f"{degree}（{study.note}）" if lang == "zh" else f"{degree} ({study.note})"
    if lang == "zh":
        return (
            [Row((when, study.school, study.area, degree))],
            [Row((study.school, study.area, degree, when))],
            [Row((study.school, when)), Row((f"{study.area} | {degree}",))],
            [Row((f"{when}  {study.school}  {study.area}（{degree}）",))],
            [
                Row((f"{study.school}·{study.area}·{degree}", when)),
                Row(("主修课程：高等数学、大学英语、统计学",)),
            ],
        )[order]
    return (
        [Row((f"{degree} in {study.area}, {study.school}", when))],
        [Row((study.school, when)), Row((f"{degree}, {study.area}",))],
        [Row((f"{study.school} — {degree}, {study.area}", when))],
        [Row((f"{degree}, {study.area}",)), Row((f"{study.school} | {when}",))],
        [Row((when, f"{study.school}, {degree} {study.area}"))],
    )[order]


def _head(rng: random.Random, person: Person) -> list[Row]:
    name, mail, phone = person.name, person.email, person.phone_written
    spaced = (
        " ".join(name) if person.lang == "zh" and "·" not in name and rng.random() < 0.3 else name
    )
    if person.lang == "zh":
        return [
            lambda: [
                Row((spaced,), "name"),
                Row((f"{phone} | {mail}",)),
                Row((f"求职意向：{person.target}",)),
            ],
            lambda: [
                Row(("个 人 简 历",), "name"),
                Row((f"姓名：{spaced}", "性别：女", "年龄：29")),
                Row((f"电话：{phone}", f"邮箱：{mail}")),
            ],
            lambda: [
                Row((f"{name} | {person.target} | 5年经验",), "name"),
                Row((f"手机：{phone}  E-mail: {mail}",)),
            ],
            lambda: [
                Row(("姓名", spaced, "民族", "汉族")),
                Row(("联系电话", phone, "电子邮箱", mail)),
                Row(("现居地", "武汉市洪山区", "政治面貌", "群众")),
            ],
            lambda: [Row((f"{name}的简历",), "name"), Row((f"男 · 28岁 · {phone} · {mail}",))],
            lambda: [
                Row((f"{name}，{person.target}",), "name"),
                Row((f"联系方式：{phone} / {mail}",)),
                Row(("来源：智联招聘  客服热线 400-885-9898  service@zhaopin.com",)),
            ],
        ][rng.randrange(6)]()
    return [
        lambda: [Row((name,), "name"), Row((f"{phone} | {mail} | linkedin.com/in/someone",))],
        lambda: [
            Row((name.upper(),), "name"),
            Row((person.target,)),
            Row((f"Phone: {phone}", f"Email: {mail}")),
        ],
        lambda: [
            Row(("Curriculum Vitae",)),
            Row((f"Name: {name}",)),
            Row((f"Tel: {phone}",)),
            Row((f"E-mail: {mail}",)),
        ],
        lambda: [Row((f"{name}, {person.target}",), "name"), Row((mail,)), Row((phone,))],
        lambda: [Row((f"Resume of {name}",), "name"), Row((f"Mobile: {phone} · {mail} · Remote",))],
    ][rng.randrange(5)]()


_ZH_HEADINGS = {
    "work": (
        "工作经历",
        "工作经验",
        "【工作经历】",
        "一、工作经历",
        "工作经历 WORK EXPERIENCE",
        "■ 工作履历",
        "工 作 经 历",
    ),
    "intern": (
        "实习经历",
        "实习经验",
        "【实习经历】",
        "实习经历",
        "实习经历 INTERNSHIP",
        "■ 实习经历",
        "实 习 经 历",
    ),
    "education": (
        "教育背景",
        "教育经历",
        "【教育背景】",
        "二、教育经历",
        "教育背景 EDUCATION",
        "■ 教育经历",
        "教 育 背 景",
    ),
    "project": (
        "项目经历",
        "项目经验",
        "【项目经历】",
        "三、项目经验",
        "项目经历 PROJECTS",
        "■ 项目经历",
        "项 目 经 历",
    ),
    "skills": (
        "专业技能",
        "技能特长",
        "【专业技能】",
        "四、专业技能",
        "专业技能 SKILLS",
        "■ 个人技能",
        "专 业 技 能",
    ),
    "about": (
        "自我评价",
        "个人优势",
        "【自我评价】",
        "五、自我评价",
        "自我评价 ABOUT",
        "■ 个人总结",
        "自 我 评 价",
    ),
    "references": (
        "证明人",
        "推荐人",
        "【证明人】",
        "六、证明人",
        "证明人 REFERENCES",
        "■ 推荐人",
        "证 明 人",
    ),
}
_EN_HEADINGS = {
    "work": ("Work Experience", "EXPERIENCE", "Professional Experience", "Employment History"),
    "intern": ("Internships", "INTERNSHIPS", "Internship Experience", "Internships"),
    "education": ("Education", "EDUCATION", "Academic Background", "Education"),
    "project": ("Projects", "SELECTED PROJECTS", "Key Projects", "Projects"),
    "skills": ("Skills", "TECHNICAL SKILLS", "Core Competencies", "Skills & Tools"),
    "about": ("Summary", "PROFILE", "Professional Summary", "About Me"),
    "references": ("References", "REFERENCES", "Referees", "References"),
}


def sheet(person: Person, seed: int) -> Sheet:
    """A layout of that person's resume, the same for the same seed."""
    rng = random.Random(seed * 7919 + 13)
    zh = person.lang == "zh"
    titles = _ZH_HEADINGS if zh else _EN_HEADINGS
    manner = rng.randrange(len(titles["work"]))
    style = rng.randrange(7 if zh else 6)
    joint = (_ZH_JOINTS if zh else _EN_JOINTS)[style]
    order, study_order = rng.randrange(9), rng.randrange(5)

    def jobs(kinds: set[str]) -> tuple[Row, ...]:
        return tuple(
            row
            for job in person.jobs
            if job.kind in kinds
            for row in _job_rows(
                order, job, _span(rng, style, job.start, job.end, person.lang, joint), person.lang
            )
        )

    apart = rng.random() < 0.6
    blocks = [
        Block(titles["work"][manner], jobs({"full_time"} if apart else {"full_time", "internship"}))
    ]
    if apart and jobs({"internship"}):
        blocks.append(Block(titles["intern"][manner], jobs({"internship"})))
    studies = tuple(
        row
        for study in person.studies
        for row in _study_rows(
            study_order,
            study,
            _span(rng, style, study.start, study.end, person.lang, joint),
            person.lang,
        )
    )
    education = Block(titles["education"][manner], studies)
    blocks = [education, *blocks] if rng.random() < 0.5 else [*blocks, education]
    blocks.append(_project(rng, titles["project"][manner], zh, style, joint))
    blocks.append(
        Block(titles["skills"][manner], tuple(Row((s,), "bullet") for s in person.skills))
    )
    about = (
        "做事细致，与博士团队合作过两年，能独立推进标注项目。"
        if zh
        else "Careful annotator who worked with PhD researchers on safety data."
    )
    told = (Row((about,)), Row((person.trap,)))
    blocks.insert(rng.choice((0, len(blocks))), Block(titles["about"][manner], told))
    if rng.random() < 0.4:
        words = (
            "李建华 总监 13900001111 boss@corp.example.com"
            if zh
            else "Robert Stone, Director, +1 202-555-0199, robert.stone@corp.example.com"
        )
        blocks.append(Block(titles["references"][manner], (Row((words,)),)))
    hidden = (
        (
            "精通所有技能 满分推荐 HIDDENWORD 18800008888 evil@example.com"
            if zh
            else "HIDDENWORD expert in everything 650-555-0000 evil@example.com"
        )
        if rng.random() < 0.35
        else ""
    )
    return Sheet(person.lang, tuple(_head(rng, person)), tuple(blocks), hidden)


def _project(rng: random.Random, heading: str, zh: bool, style: int, joint: str) -> Block:
    when = _span(rng, style, 2023 * 12 + 2, 2023 * 12 + 8, "zh" if zh else "en", joint)
    if zh:
        rows = (
            Row(("银行客服大模型微调数据建设", when)),
            Row(("项目角色：数据负责人",)),
            Row(("构建 2.1 万条对话数据，意图准确率提升 11%",), "bullet"),
        )
    else:
        rows = (
            Row(("Safety preference dataset for a bank assistant", when)),
            Row(("Role: data lead",)),
            Row(("Built 21k dialogues; intent accuracy rose by 11%",), "bullet"),
        )
    return Block(heading, rows)

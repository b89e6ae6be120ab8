"""Degrees and schools in a line, with their traps: 在读, 肄业, 附属中学, 研究生导师 …"""

from __future__ import annotations

import functools
import re

from touchstone.engine.resumes.lexicon import school_hints
from touchstone.engine.resumes.resume import Degree

_LOOKED_AT = 400
RANK: dict[str, int] = {
    "none": 0,
    "secondary": 1,
    "associate": 2,
    "bachelor": 3,
    "master": 4,
    "doctor": 5,
}
_NOISE = re.compile(
    r"(?:硕士|博士|研究)生?导师|博导|硕导|研究生院|本科院校|本科生?(?:教学|导师)|博士(?:团队|点)|大学本部|硕士点|scrum master|ph\.?d\.? advis[oe]r|master'?s? thesis advis[oe]r",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[Degree, re.Pattern[str]], ...] = (
    (
        "doctor",
        re.compile(
            r"博\s?士|直博|\bph\.?\s?d\b|\bd\.?\s?phil\b|\bdoctor(?:ate|al)?\b|\bed\.?d\b|\bdba\b",
            re.IGNORECASE,
        ),
    ),
    (
        "master",
        re.compile(
            r"硕\s?士|研究生|\be?mba\b|\bmpa\b|\bm\.?\s?sc\b|\bm\.s\b|\bms\b(?=[\s.,)]|$)|\bm\.a\b|\bma\b(?=[\s.,)]|$)|\bm\.?\s?eng\b|\bm\.?\s?phil\b|\bmaster(?:['’]?s)?\b|\bm\.?ed\b|\bm\.?\s?tech\b|\bmfa\b|\bmcs\b|\bmres\b|\bllm\b(?= in|,|$)",
            re.IGNORECASE,
        ),
    ),
    (
        "bachelor",
        re.compile(
            r"本\s?科|学\s?士|专升本|\bbachelor(?:['’]?s)?\b|\bb\.?\s?sc\b|\bb\.s\b|\bbs\b(?=[\s.,)]|$)|\bb\.a\b|\bba\b(?=[\s.,)]|$)|\bb\.?\s?eng\b|\bbba\b|\bll\.?b\b|\bb\.?\s?tech\b|\bb\.?com\b|\bbfa\b|\bb\.e\b|\bundergraduate\b|\bb\.?ed\b|\blicenciatura\b",
            re.IGNORECASE,
        ),
    ),
    (
        "associate",
        re.compile(
            r"大\s?专(?!业)|专\s?科(?!学)|高\s?职|\bassociate(?:['’]?s)?\s(?:degree|of|in)\b|\bassociate['’]s\b|\ba\.?a\.?s?\b(?=\s(?:in|degree)|,)|\bhnd\b|\bhigher national diploma\b|\bcommunity college\b|\bdiploma\b(?!\s*(?:high|secondary))|\bfoundation degree\b",
            re.IGNORECASE,
        ),
    ),
    (
        "secondary",
        re.compile(
            r"中\s?专|高\s?中|职\s?高|技\s?校|中\s?技|中\s?职|\bhigh school\b|\bsecondary\b|\bged\b|\ba[- ]levels?\b|\bsixth form\b",
            re.IGNORECASE,
        ),
    ),
)
_UNFINISHED = re.compile(
    r"肄\s?业|退\s?学|辍\s?学|未毕业|休学|未完成|未取得学位|未获学位|中途离校|课程班|研修班|结业|进修|访学|访问|交换|交流|旁听|培训|\bdropped out\b|\bdid not (?:complete|finish|graduate)\b|\bincomplete\b|\bunfinished\b|"
    r"\bwithdr[ae]wn?\b|\bnot completed\b|\bleft (?:before|without)\b|\bnon-degree\b|\bexchange\b|\bvisiting\b|\bno degree\b|\bdiscontinued\b|\bcoursework only\b",
    re.IGNORECASE,
)
_IN_PROGRESS = re.compile(
    r"在读|在\s?学|攻读|就读中|预计|将于|拟于|尚未毕业|待毕业|未毕业|\bin progress\b|\bexpected\b|\bcandidate\b|\bpursuing\b|\bcurrently\b|\banticipated\b|\bongoing\b|\benrolled\b|\bto be (?:completed|conferred)\b",
    re.IGNORECASE,
)
_SECONDARY_SCHOOL = re.compile(
    r"[\u4e00-\u9fff]{2,20}(?:附属?(?:实验)?(?:中学|高中|高级中学)|附中|中学|高中|职业高中|职高|技工学校|中等专业学校|中等职业(?:技术)?学校|职业技术学校|职业学校|职教中心|技师学院|职业高级中学|职业中专|中专|技校|职校|卫校|高级中学)"
)
_UNIVERSITY = re.compile(
    r"(?P<name>(?:[\u4e00-\u9fff]{2,14}?大学)(?!生|英语|期间|城|路|物理|数学|语文|计算机等级|时期|里|排名|毕业)(?P<place>[(（](?!自学|自考|函授|成[人教]|继续|网络|业余|夜|远程|统招|全日|非全|本科|专科|大专|硕士|博士|学士|在读|肄业|双一流|一本|二本|民办|公办|重点)[\u4e00-\u9fff]{2,5}[)）])?(?P<branch>[\u4e00-\u9fff]{2,3}(?:分校|校区|学院))?)"
)
_COLLEGE = re.compile(
    r"[\u4e00-\u9fff]{2,16}?(?:职业技术大学|职业技术学院|职业学院|专科学校|高等专科学校|学院|电大|党校|夜大|开放大学)"
)
_FACULTY = re.compile(
    r"^(?:计算机|信息|软件|外国语|外语|经济|管理|商|法|文|理|工|医|艺术|人文|数学|物理|化学|机械|电子|继续教育|成人教育|网络教育|研究生|国际|新闻|传播|教育|公共管理|马克思|光华|自动化|电气|人工智能|大数据|统计|语言|生命科学)[\u4e00-\u9fff]{0,10}学院$"
)
_ENGLISH = re.compile(
    r"(?:(?:The\s)?(?:University|College|Institute|School|Academy|Polytechnic)\s(?:of|for)\s(?:the\s)?[A-Z][\w.'’&-]*(?:(?:\s(?:and|of|the|at|in|&)\s|[ ])[A-Z][\w.'’&-]*)*(?:,\s(?:Berkeley|Los Angeles|San Diego|Davis|Irvine|Santa Barbara|Urbana-Champaign|Austin|Dallas|Madison|Amherst|Baltimore County|College Park|Lincoln|Chapel Hill|Ann Arbor))?"
    r"|[A-Z][\w.'’&-]*(?:(?:\s(?:of|and|the|&|for|at)\s|[ ])[A-Z][\w.'’&-]*)*?[ ](?:University|College(?:\s(?:London|Dublin|Cork|Galway))?|Polytechnic|Institute of Technology(?:,? (?:Madras|Bombay|Delhi|Kanpur|Kharagpur|Roorkee|Guwahati|Hyderabad|Indore|Ropar|Patna|Calicut|Warangal|Surathkal)\b| [A-Z][a-z]+(?=\s{2,}|\t|$|,| [|–-]))?|Institute|Academy|High School|Secondary School|School)(?:\sof\s(?:the\s)?[A-Z][\w.'’&-]*(?:(?:\s(?:and|of|&)\s|[ ])[A-Z][\w.'’&-]*)*)?(?:(?:\sat\s|,\s)(?:Urbana-Champaign|Austin|Dallas|Fullerton|Long Beach|Northridge|Buffalo|Stony Brook|Chicago))?(?:\s\([A-Z][\w ]{2,16}\))?)"
)
_FOREIGN = re.compile(
    r"(?:Universidad|Universidade|Universitat|Universität|Université|Università|Uniwersytet|"
    r"Hochschule|École|Ecole|Escuela|Politecnico|Politécnica|Technische Universität|Instituto|Institut)"
    r"(?: (?:de|da|do|di|del|della|des|du|la|le|los|für|der|zu|of|and|y|e)\b| [A-ZÀ-Þ][\w'’&.-]*| [1-9]\d?(?![\d/.年–-]))+"
)
_RUN_ON = re.compile(
    r"\s(?:Bachelor|Master|Doctor|Associate|Diploma|Ph\.?D|MBA|B\.?Sc?|M\.?Sc?|B\.?A|M\.?A|BEng|MEng|"
    r"Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|Spring|Summer|Fall|Winter|GPA)\b.*$"
)
_STRAY = re.compile(
    r"^(?:The\s)?(?:Bachelor|Master|Doctor|Associate|B\.?Sc|M\.?Sc|B\.?A|M\.?A|Ph\.?D|MBA|B\.?Eng|M\.?Eng|BS|MS)\b.*?(?:\bfrom\b|\bat\b|,)\s*",
    re.IGNORECASE,
)


def degree_in(text: str) -> Degree:
    """The highest degree named in the text; "none" where none is."""
    cleaned = _NOISE.sub(" ", text)
    if "附属" in cleaned or "附中" in cleaned:
        cleaned = _SECONDARY_SCHOOL.sub(" 高中 ", cleaned)
    if "专升本" in cleaned:
        return "bachelor"
    for degree, pattern in _PATTERNS:
        if pattern.search(cleaned):
            return degree
    return "none"


def standing_in(text: str) -> str:
    """completed | in_progress | unfinished, as the words say."""
    if _UNFINISHED.search(text) and not re.search(r"未毕业\s*[(（]?预计", text):
        return "unfinished"
    return "in_progress" if _IN_PROGRESS.search(text) else "completed"


def school_in(text: str) -> tuple[str, int, int]:
    """The school named in the text with its offsets; ("", 0, 0) where none is.

    Only the first part of a long line is looked at: that is where a course of study is named.
    """
    text = text[:_LOOKED_AT]
    match = _SECONDARY_SCHOOL.search(text)
    if match and ("附" in match[0] or "大学" not in match[0]):
        return match[0], match.start(), match.end()
    match = _UNIVERSITY.search(text)
    if match:
        return _university(match)
    for match in _COLLEGE.finditer(text):
        if not _FACULTY.match(match[0]):
            name = re.sub(r"^(?:就读于|毕业于|于|在|年|月|日|今)+", "", match[0])
            return name, match.end() - len(name), match.end()
    return _latin_school(text)


def _university(match: re.Match[str]) -> tuple[str, int, int]:
    name = match["name"]
    branch = match["branch"]
    if branch:
        own = branch.endswith(("分校", "校区")) or branch[:-2] in school_hints()["independent"]
        if not own:
            name = name[: -len(branch)]
    start, end = match.start(), match.start() + len(name)
    shorter = re.sub(
        r"^(?:.*(?:就读于|毕业于|毕业院校|院校|学校|考入|保送)|[年月日今]+|至今|现在|于|在|硕士|本科|博士|学士|大专|全日制|研究生|学历|统招)+",
        "",
        name,
    )
    if len(shorter) >= 3:
        start, name = end - len(shorter), shorter
    return name, start, end


def _latin_school(text: str) -> tuple[str, int, int]:
    hints = school_hints()
    for match in _ENGLISH.finditer(text):
        name = _RUN_ON.sub("", _STRAY.sub("", match[0])).strip(" ,.")
        if len(name) > 6:
            start = match.start() + match[0].rfind(name)
            return name, start, start + len(name)
    foreign = _FOREIGN.search(text)
    if foreign:
        name = _RUN_ON.sub("", foreign[0])
        return name, foreign.start(), foreign.start() + len(name)
    short = _short_names().search(text)
    if short:
        return hints["full_zh"].get(short[0], short[0]), short.start(), short.end()
    return "", 0, 0


@functools.cache
def _short_names() -> re.Pattern[str]:
    """Schools without a word that says so, as whole words of their script."""
    hints = school_hints()
    latin = "|".join(map(re.escape, sorted(hints["short_en"], key=len, reverse=True)))
    han = "|".join(sorted(hints["short_zh"], key=len, reverse=True))
    return re.compile(
        rf"(?<![A-Za-z])(?:{latin})(?![A-Za-z])|(?<![\u4e00-\u9fff])(?:{han})(?![\u4e00-\u9fff])"
    )

"""The person's name: labelled, or standing in the head of the page, Chinese or Latin."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from touchstone.engine.resumes.lexicon import heading_key, headings, not_names, surnames, words
from touchstone.engine.resumes.sections import Line, Part

_LABEL = re.compile(
    r"(?:^|[\s|｜/，,;；])(?:姓\s*名|名\s*字|候\s*选\s*人|应聘者|求职者|本人姓名|真实姓名|(?:full\s+|candidate\s+|applicant\s+)?name)"
    r"\s*(?:[(（][^)）]{1,12}[)）]\s*)?(?:[:：]\s*|\t\s*|\s{1,}|(?=[\u4e00-\u9fff·]{2,8}?(?:性别|年龄|电话|手机|出生|民族)))(?P<value>[^\t|｜]{1,40})",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(
    r"\s*(?:性\s*别|年\s*龄|电\s*话|手\s*机|出生|民\s*族|邮\s*箱|学\s*历|籍\s*贯|应聘|求职|联系|政治|婚姻|工作|现居|身高|毕业|"
    r"\b(?:gender|sex|age|phone|tel|mobile|e-?mail|date|address|nationality)\b).*$",
    re.IGNORECASE,
)
_PIECES = re.compile(
    r"\t|\s*[|｜/／•▪;；,，、_]\s*|\s{2,}|\s[-–—]{1,2}\s|[—–]{1,2}|(?<=[\u4e00-\u9fff])[(（]|[)）](?=\s|$)|\s·\s"
    r"|\s*[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?\s*"
)
_TAIL = re.compile(
    r"(?:的?(?:个人)?(?:求职)?简\s*历(?:表)?|先生|女士|小姐|同学|['’]s?\s+(?:resume|cv)|resume|curriculum vitae|\bcv\b)\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"^(?:(?:个人|求职)?简\s*历\s*[:：\-—_]?\s*|resume\s*(?:of|[:：\-—])\s*|curriculum vitae\s*(?:of|[:：\-—])?\s*|cv\s*(?:of|[:：\-—])\s*|"
    r"我叫|我是|本人|hi,?\s+i['’]?a?m\s+|i\s+am\s+|my\s+name\s+is\s+|#+\s*|\*+\s*|mr\.?\s+|ms\.?\s+|mrs\.?\s+|dr\.?\s+)",
    re.IGNORECASE,
)
# What the two begin and end with: most lines do not.
_HEADS = frozenset("个求简我本rRcChHiImMdD#*")
_TAILS = frozenset("历表生士姐学eEvV")
_BEFORE_LATIN = re.compile(r"[\u4e00-\u9fff](?:\s?[\u4e00-\u9fff]){1,3}(?=\s+[A-Za-z(（])")
_TOLD = re.compile(
    r"(?:我叫|我是|我的名字(?:叫|是)|本人姓名(?:为|是)?|本人(?=[\u4e00-\u9fff·]{2,12}[，,]))\s*"
    r"(?P<value>[\u4e00-\u9fff]{1,8}(?:[·•・][\u4e00-\u9fff]{1,10})*)(?=[，,。；;、\s])"
)
_SPACED = re.compile(
    r"([\u4e00-\u9fff])\s{1,6}([\u4e00-\u9fff](?:\s{0,6}[\u4e00-\u9fff])?)(?=\s{3,}|\t|$|[,，;；/|｜(（])"
)
_HAN_NAME = re.compile("[\u4e00-\u9fff\u3400-\u4dbf\U00020000-\U0003ffff]{2,4}")
_DOTTED = re.compile("[\u4e00-\u9fff]{1,8}(?:[·•・‧∙．.][\u4e00-\u9fff]{1,10}){1,3}")
_DOTS = re.compile("[•・‧∙．.]")
_CREDENTIALS = re.compile(
    r",?\s*\(?\b(?:ph\.?\s?d\.?|m\.?\s?sc\.?|mba|m\.?s\.?|m\.?a\.?|b\.?sc\.?|pmp|cpa|jr\.?|sr\.?|md|m\.?eng|ma|ms|cfa|csm|esq\.?)\)?\.?$",
    re.IGNORECASE,
)
_PARTICLES = {
    "de",
    "la",
    "van",
    "der",
    "den",
    "von",
    "da",
    "dos",
    "del",
    "di",
    "bin",
    "al",
    "el",
    "le",
    "du",
    "ibn",
    "y",
    "e",
    "ter",
    "bint",
    "binti",
}
_WORD = re.compile(r"^[^\W\d_]+(?:['’‘\-.][^\W\d_]+)*\.?$")
_HEAD_LINES = 14
_LONGEST_PIECE = 300  # characters, what stands beside the name in brackets among them
_SURE = 5.0  # with such a name in the head, none is looked for among lines further down
_MAY_LABEL = re.compile(r"名|候\s*选|应聘者|求职者|我叫|我是|本人|name", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    score: float


def find_name(
    parts: list[Part], *, lang: str, email: str, headlines: frozenset[int], filename: str = ""
) -> str:
    """The name as written, a spaced-out "张 三" closed up; "" where there is none.

    Args:
        email: its words speak for a name that they are part of.
        headlines: offsets of lines set larger than the rest.
        filename: the last resort, and a witness before that.
    """
    found: list[_Found] = []
    order = 0

    def sure(so_far: list[_Found]) -> bool:
        return bool(so_far) and max(f.score for f in so_far) > _SURE

    for number, part in enumerate(parts):
        if part.kind == "references":
            continue
        for line in part.lines:
            order += 1
            if order > 400:
                break
            labelled = _labelled(line, part) if _MAY_LABEL.search(line.text) else ""
            if labelled:
                found.append(_Found(labelled, 12.0 - 0.02 * order))
                continue
            large = line.start in headlines
            apart = order > _HEAD_LINES and not large
            if apart and (sure(found) or (len(line.text) > 24 and part.kind != "header")):
                continue
            told = _TOLD.search(line.text)
            if told and (own := chinese_name(told["value"])):
                found.append(_Found(own, 9.0 - 0.02 * order))
            if line.bullet and part.kind != "header":
                continue
            base = 6.0 - 0.35 * min(order, _HEAD_LINES) + (5.0 if large else 0.0)
            base -= 0.0 if part.kind == "header" else 2.0 + 0.1 * number
            found.extend(_in_line(line.text, base, lang))
    found.extend(_over_two_lines(parts, email.lower()))
    witness = filename.rpartition("/")[2].rpartition(".")[0]
    ranked = [
        (f.score + _witnessed(f.name, email, witness), -i, f.name) for i, f in enumerate(found)
    ]
    best = max(ranked, default=None)
    if best and best[0] > 1.5:
        return best[2]
    if witness:
        named = max(
            _in_line(witness.replace("_", "|").replace("-", "|"), 3.0, lang),
            key=lambda f: f.score,
            default=None,
        )
        if named and named.score > 3:
            return named.name
    return best[2] if best and best[0] > 0 else ""


def _over_two_lines(parts: list[Part], email: str) -> list[_Found]:
    """A Latin name that a narrow column breaks in two."""
    lines = parts[0].lines[:3] if parts and parts[0].kind == "header" else ()
    found = []
    for line, below in itertools.pairwise(lines):
        short = all(re.fullmatch(r"[^\W\d_][\w'’.\- ]{1,24}", part.text) for part in (line, below))
        one_word = 1 in {len(line.text.split()), len(below.text.split())}
        if short and one_word and (name := latin_name(f"{line.text} {below.text}")):
            known = all(word in email for word in name.lower().split() if len(word) > 1)
            found.append(_Found(name, 7.9 if known else 5.4))
    return found


def _labelled(line: Line, part: Part) -> str:
    if part.kind in {"work", "project", "education", "internship", "references", "skills"}:
        return ""
    match = _LABEL.search(line.text)
    if not match:
        return ""
    value = _NEXT_LABEL.sub("", match["value"].strip())
    spaced = _SPACED.match(value)
    value = spaced[1] + spaced[2] if spaced else re.split(r"\s{2,}|[,，;；/]", value)[0].strip()
    value = re.split(r"[(（]", value)[0].strip() or value
    return chinese_name(value, sure=True) or latin_name(value, sure=True)


def _bare(text: str) -> str:
    """Without what stands around a name: "个人简历：", "Resume of", "先生"."""
    if text[:1] in _HEADS:
        text = _HEAD.sub("", text)
    text = text.strip()
    return _TAIL.sub("", text).strip() if text[-1:] in _TAILS else text


def _in_line(text: str, base: float, lang: str) -> list[_Found]:
    """Names that a line of the head may show."""
    found: list[_Found] = []
    whole = _bare(text).strip(" -—_|:：·")
    if not whole or ("@" in whole and len(re.split(r"[\s，,;；|｜]", whole)) < 2):
        return found
    pieces = [p.strip(" :：*#·-—【】[]()（）《》") for p in _PIECES.split(whole)]
    pieces = [p for p in pieces if p]
    if len(pieces) > 1 and all(len(p) == 1 for p in pieces):
        pieces = ["".join(pieces)]
    for index, piece in enumerate([*pieces[:5]]):
        if heading_key(piece) in headings():
            continue
        piece = _bare(piece)
        alone = 1.5 if len(pieces) == 1 else 0.5 if index == 0 else 0.0
        han = chinese_name(piece)
        if not han and index == 0:
            before = _BEFORE_LATIN.match(piece)
            han = chinese_name(before[0]) if before else ""
            han = han or (chinese_name(piece.split(" ")[0]) if " " in piece else "")
            alone = 0.3 if han else alone
        if han:
            found.append(
                _Found(han, base + alone + _likeness(han) + (0.8 if lang == "zh" else -0.5))
            )
            continue
        latin = latin_name(piece)
        if latin:
            found.append(_Found(latin, base + alone - (1.2 if lang == "zh" else 0.0)))
    if not found and lang == "en":
        latin = latin_name(whole)
        if latin:
            found.append(_Found(latin, base + 0.3))
    return found


_BEFORE_LETTERS = re.compile("[\u4e00-\u9fff]{2,4}(?=[A-Za-z(（])")
_HAN = re.compile("[\u4e00-\u9fff]")
_ASIDE = re.compile(r"\s*[(（\"“][^)）\"”]*[)）\"”]")


def chinese_name(piece: str, *, sure: bool = False) -> str:
    """The name if the piece is one, spaces between its characters closed up, else "".

    Args:
        sure: a label says that it is a name, so any two to four characters will do.
    """
    closed = "".join(piece.split())
    if " " in piece.strip() and any(len(bit) > 2 for bit in piece.split()):
        return ""
    if _DOTTED.fullmatch(closed):
        return _DOTS.sub("·", closed)
    if not _HAN_NAME.fullmatch(closed):
        match = _BEFORE_LETTERS.match(closed) if sure else None
        if not match:
            return ""
        closed = match[0]
    single, compound = surnames()
    if closed in not_names() or heading_key(closed) in headings():
        return ""
    if sure:
        return closed
    if any(closed[:size] in not_names() for size in range(2, len(closed))):
        return ""
    if closed[:2] in compound:
        return closed if len(closed) in {3, 4} else ""
    if closed[0] not in single:
        return ""
    if len(closed) == 4:
        # Two family names side by side (father's and mother's, or by marriage).
        return closed if closed[1] in single else ""
    return "" if _is_word(closed) else closed


_WORD_ENDS = re.compile(
    "(?:师|员|经理|专员|主管|部|组|工程|运营|公司|科技|集团|大学|学院|中学|专业|简历|岗|省|市|区|县|路|街|男|女|族|岁|年|月|历|经验|能力|学历|硕士|博士|本科|大专|语|证书|技能|项目|负责人|总监|顾问|助理|教师|老师|数据|标注|系统|平台|模型|算法|测试|产品|设计|管理|分析|时间|地址|电话|手机|邮箱|薪资|意向|状态|到岗|面议|单位|职位|描述|职责|业绩|内容|工具|情况|信息|背景|奖|级|优秀|良好|熟练|精通)$"
)


def _is_word(closed: str) -> bool:
    return bool(_WORD_ENDS.search(closed))


def _likeness(name: str) -> float:
    return 0.6 if len(name) == 3 or "·" in name else 0.2


def _without_credentials(piece: str) -> str:
    """ "Jane Doe, PhD" without the degree; the family names Ma and Du stay."""
    match = _CREDENTIALS.search(piece)
    if not match:
        return piece
    written = match[0].strip(" ,()")
    plain = written.istitle() and "." not in written and not match[0].startswith((",", " ,", "("))
    if plain or len(piece[: match.start()].split()) < 2:
        return piece
    return piece[: match.start()].strip(" ,")


def latin_name(piece: str, *, sure: bool = False) -> str:
    """The name if the piece is two to five capitalised words and none of them says otherwise."""
    if len(piece) > _LONGEST_PIECE or len(piece.split()) < 2:
        return ""
    piece = _without_credentials(piece.strip(" ,."))
    piece = piece if sure else _ASIDE.sub("", piece)
    words_in = piece.split()
    if len(words_in) > 5 and all(len(w) == 1 for w in words_in):
        return ""
    if not (2 <= len(words_in) <= 5) or len(piece) > 48:
        return ""
    stops = words("not_name_words_en")
    capitals = 0
    for word in words_in:
        bare = word.strip(".").lower()
        if not _WORD.match(word) or _HAN.search(word):
            return ""
        if bare in _PARTICLES and (word[0].islower() or len(words_in) > 2):
            continue
        if (bare in stops and not sure) or not word[0].isupper():
            return ""
        capitals += 1
    if capitals < 2 and not sure:
        return ""
    return " ".join(_cased(w) for w in words_in) if piece.isupper() else " ".join(words_in)


def _cased(word: str) -> str:
    if len(word.strip(".")) <= 1:
        return word
    return re.sub(r"[^\W\d_]+", lambda m: m[0][0] + m[0][1:].lower(), word)


def _witnessed(name: str, email: str, filename: str) -> float:
    score = 0.0
    if filename and re.sub(r"\s", "", name).lower() in re.sub(r"[\s_\-]", "", filename).lower():
        score += 2.5
    if email and name.isascii():
        user = re.sub(r"[^a-z]", "", email.partition("@")[0].lower())
        hits = [w for w in re.findall("[a-z]+", name.lower()) if len(w) > 1 and w in user]
        score += min(len(hits), 3) * 1.0
    return score

"""Whether a case's numbers can be true, how deep the case goes, and what to ask about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from touchstone.common.messages import Message, say
from touchstone.engine.grading.claims import Claim, kind_of
from touchstone.engine.grading.lexicon import read_yaml
from touchstone.engine.grading.quantities import Quantity, find_quantities

SHARES = {"percent", None}
NEAR_RELATIVE = 0.12
"""A change may be rounded: 12 % off, or 1.5 of its own units, still fits."""
NEAR_UNITS = 1.5
FAST_PER_DAY = 5000
MANY_PER_DAY = 20_000
MOST_QUESTIONS = 6
_PEOPLE = re.compile(r"(?P<n>\d+|[一二两三四五六七八九十])\s*(?:个?人|名|位|people|annotators)")
_ALONE = re.compile(r"我一个人|我独自|独自|alone|by myself|single-handed", re.IGNORECASE)
_HASTE = re.compile(
    r"(仅用?|只用了?|just|only)\s*(一|两|1|2|one|two)\s*(天|晚|个?周末|小时|days?|nights?|hours?|weekend)"
    r"|(?:一个|一)周末|一夜之间|in (?:one|a single) (?:weekend|night|day)|overnight",
    re.IGNORECASE,
)
_ALL_WHOLE = re.compile(
    r"(?:都|全部?|均)(?:达到|是|为)?\s*100\s*%|\ball (?:reach|hit|are|at)\w* 100\s*%", re.IGNORECASE
)
_PERFECT = re.compile(
    r"零(?:错误|误判|投诉|漏检|差错|误差|误报)|没有任何(?:错误|误判|漏检)|完全没有(?:误判|错误)|(?:错误率|误报率|漏检率)(?:降|降低|下降)?(?:为|到|至)?\s*(?:零|0\s*%)"
    r"|(?:zero|no) (?:errors?|mistakes|complaints|false positives)\b|never makes? (?:a )?mistakes?",
    re.IGNORECASE,
)

Finding = tuple[str, Message]


def plausibility(text: str, claims: Sequence[Claim]) -> tuple[str, tuple[Message, ...]]:
    """plausible, doubtful or implausible, with the reasons; the worst finding decides."""
    found: list[Finding] = []
    for claim in claims:
        found += _range(claim)
        found += _moves(text, claim)
        found += _size(claim)
    found += _stated_change(text, claims)
    found += _harmonic_mean(claims)
    found += _throughput(text)
    found += _whole_case(text, claims)
    order = ("plausible", "doubtful", "implausible")
    verdict = max((level for level, _ in found), key=order.index, default="plausible")
    reasons: list[Message] = []
    for _, reason in sorted(found, key=lambda f: -order.index(f[0])):
        if reason not in reasons:
            reasons.append(reason)
    return verdict, tuple(reasons)


def _shown(value: float | None, unit: str | None) -> str:
    number = f"{value:g}" if value is not None else ""
    return number + {"percent": "%", "times": "×"}.get(unit or "", "")


def _range(claim: Claim) -> list[Finding]:
    """Shares above 100 %, falls of more than everything, perfect scores."""
    if claim.value is None:
        return []
    kind = kind_of(claim.metric)
    shown = _shown(claim.value, claim.unit)
    levels = [v for v in (claim.value if claim.reached else None, claim.baseline) if v is not None]
    if kind.fraction and claim.unit == "percent":
        if any(v > 100 for v in levels):
            return [("implausible", say("claims.above_whole", metric=claim.metric, value=shown))]
        if claim.reached and claim.value == 100 and kind.better == "up":
            return [("doubtful", say("claims.perfect", metric=claim.metric))]
        if claim.reached and claim.value >= 99.7 and kind.better == "up":
            return [("doubtful", say("claims.near_perfect", metric=claim.metric, value=shown))]
    if kind.fraction and claim.unit is None and any(1 < v <= 1.99 for v in levels):
        return [("implausible", say("claims.above_one", metric=claim.metric, value=shown))]
    falls = claim.direction == "down" and not claim.reached and claim.unit == "percent"
    if falls and claim.value > 100:
        return [("implausible", say("claims.below_nothing", metric=claim.metric, value=shown))]
    if falls and claim.value == 100:
        return [("doubtful", say("claims.all_gone", metric=claim.metric))]
    if kind.fraction and claim.unit == "percentage_point" and claim.value >= 100:
        return [("implausible", say("claims.above_whole", metric=claim.metric, value=shown))]
    if (
        claim.unit == "percentage_point"
        and claim.baseline is not None
        and claim.baseline > 1
        and kind.fraction
        and claim.direction == "up"
        and claim.baseline + claim.value > 100
    ):
        return [("implausible", say("claims.above_whole", metric=claim.metric, value=shown))]
    return []


def _moves(text: str, claim: Claim) -> list[Finding]:
    """Words that say up where the numbers go down, or the reverse."""
    if claim.baseline is None or claim.value is None or not claim.reached:
        return []
    rises = claim.value > claim.baseline
    if claim.value == claim.baseline or rises == (claim.direction == "up"):
        return []
    if claim.unit == "times":
        return []
    args = {"metric": claim.metric, "before": f"{claim.baseline:g}", "after": f"{claim.value:g}"}
    return [("implausible", say("claims.wrong_way", **args))]


def _size(claim: Claim) -> list[Finding]:
    """Changes of ten times and more."""
    if claim.value is None or claim.reached:
        return []
    shown = _shown(claim.value, claim.unit)
    times = {"times": claim.value, "percent": claim.value / 100}.get(claim.unit or "", 0.0)
    if times >= 50:
        return [("implausible", say("claims.huge", metric=claim.metric, value=shown))]
    if times >= 8:
        return [("doubtful", say("claims.large", metric=claim.metric, value=shown))]
    kind = kind_of(claim.metric)
    if kind.fraction and kind.better == "up" and claim.unit == "times" and times >= 5:
        return [("doubtful", say("claims.large", metric=claim.metric, value=shown))]
    if claim.direction == "down" and claim.unit == "percent" and claim.value >= 95:
        return [("doubtful", say("claims.large", metric=claim.metric, value=shown))]
    return []


def _stated_change(text: str, claims: Sequence[Claim]) -> list[Finding]:
    """A change stated beside the two levels it joins: 0.7 → 0.84 is 20 %, or 14 points."""
    found: list[Finding] = []
    amounts = find_quantities(text)
    for claim in claims:
        if claim.baseline is None or not claim.reached or not claim.baseline or claim.value is None:
            continue
        sentence_end = min(
            (p for p in (text.find(c, claim.end) for c in "。！？\n") if p >= 0), default=len(text)
        )
        later = [q for q in amounts if claim.end <= q.start < sentence_end]
        for quantity in later[:2]:
            between = text[claim.end : quantity.start]
            stated = re.search(
                r"(?:提升|提高|上升|增加|增长|涨|下降|降低|减少|缩短|节省|降|升|翻|改善|相当于|即"
                r"|(?:an? )?(?:increase|improvement|gain|rise|drop|decrease|reduction|cut|saving)"
                r"|up|down|by|[（(+])"
                r"[^，,。]{0,14}$",
                between,
                re.IGNORECASE,
            )
            other = any(
                c is not claim and c.start <= quantity.start < c.end and c.metric != claim.metric
                for c in claims
            )
            if not stated or other or len(between) > 40:
                continue
            finding = _compare(claim, quantity)
            if finding:
                found.append(finding)
            break
    return found


def _compare(claim: Claim, quantity: Quantity) -> Finding | None:
    """One stated change against its two levels."""
    baseline, value = float(claim.baseline or 0), float(claim.value or 0)
    fraction = claim.unit is None and max(baseline, value) <= 1
    points = abs(value - baseline) * (100 if fraction else 1)
    relative = abs(value - baseline) / baseline * 100
    args = {
        "metric": claim.metric,
        "before": f"{baseline:g}",
        "after": f"{value:g}",
        "stated": f"{quantity.value:g}",
        "relative": f"{relative:.1f}",
        "points": f"{points:.1f}",
    }
    if quantity.unit == "percent":
        if _near(quantity.value, relative):
            return None
        if _near(quantity.value, points) and (claim.unit == "percent" or fraction):
            return "doubtful", say("claims.percent_or_points", **args)
        return "implausible", say("claims.does_not_add_up", **args)
    if quantity.unit == "percentage_point":
        if _near(quantity.value, points):
            return None
        if _near(quantity.value, relative):
            return "doubtful", say("claims.percent_or_points", **args)
        return "implausible", say("claims.does_not_add_up", **args)
    if quantity.unit == "times":
        ratio = max(value, baseline) / max(1e-9, min(value, baseline))
        if _near(quantity.value * 10, ratio * 10) or _near(quantity.value * 10, (ratio - 1) * 10):
            return None
        return "implausible", say("claims.does_not_add_up", **args)
    return None


def _near(stated: float, true: float) -> bool:
    return abs(stated - true) <= max(NEAR_UNITS, NEAR_RELATIVE * true)


def _harmonic_mean(claims: Sequence[Claim]) -> list[Finding]:
    """F1 lies between precision and recall, at their harmonic mean."""
    levels: dict[str, float] = {}
    for claim in claims:
        if claim.value is None or not claim.reached:
            continue
        value = claim.value / 100 if claim.unit == "percent" else claim.value
        name = claim.metric.lower()
        for key, names in (
            ("f1", ("f1",)),
            ("precision", ("精确率", "精准率", "查准率", "precision")),
            ("recall", ("召回率", "查全率", "recall")),
        ):
            if any(n in name for n in names):
                levels[key] = value
    if len(levels) < 3 or levels["precision"] + levels["recall"] == 0:
        return []
    mean = 2 * levels["precision"] * levels["recall"] / (levels["precision"] + levels["recall"])
    if abs(mean - levels["f1"]) <= 0.02:
        return []
    return [
        ("implausible", say("claims.f1_mismatch", given=f"{levels['f1']:g}", mean=f"{mean:.2f}"))
    ]


def _throughput(text: str) -> list[Finding]:
    """Items per person and day that hands cannot do."""
    for sentence in re.split(r"[。！？\n]|\.\s", text):
        if not re.search(r"标注|审核|标了|质检|label|annotat|review", sentence, re.IGNORECASE):
            continue
        amounts = find_quantities(sentence)
        items = [q.value for q in amounts if q.unit == "count" and q.value >= 1000]
        days = [_days(q) for q in amounts if q.unit == "time" and _days(q)]
        people = [_whole(m["n"]) for m in _PEOPLE.finditer(sentence)]
        if _ALONE.search(sentence):
            people = [1]
        if not items or not days or not people:
            continue
        pace = max(items) / (max(days) * max(people))
        args = {"pace": f"{pace:.0f}"}
        if pace >= MANY_PER_DAY:
            return [("implausible", say("claims.pace", **args))]
        if pace >= FAST_PER_DAY:
            return [("doubtful", say("claims.pace", **args))]
    return []


def _days(quantity: Quantity) -> float:
    steps = [("天", 1.0), ("day", 1.0), ("周", 5.0), ("星期", 5.0), ("week", 5.0), ("月", 21.0)]
    steps += [("month", 21.0), ("小时", 0.125), ("hour", 0.125), ("工作日", 1.0)]
    return next((quantity.value * d for name, d in steps if name in quantity.written), 0.0)


def _whole(number: str) -> int:
    return int(number) if number.isdigit() else "零一二三四五六七八九十".find(number) or 2


def _whole_case(text: str, claims: Sequence[Claim]) -> list[Finding]:
    """Perfection, haste, and everything at once."""
    found: list[Finding] = []
    if _PERFECT.search(text):
        found.append(("doubtful", say("claims.no_errors")))
    perfect = {c.metric for c in claims if c.reached and c.value == 100 and c.unit == "percent"}
    if len(perfect) >= 2 or re.search(
        r"(?:都|全部?|均)(?:达到|是|为)?\s*100\s*%|\ball (?:reach|hit|are|at)\w* 100\s*%", text
    ):
        found.append(("implausible", say("claims.all_perfect")))
    rises = [
        c
        for c in claims
        if c.reached and c.unit == "percent" and c.baseline and c.value and c.direction == "up"
    ]
    leap = any(c.value - (c.baseline or 0) >= 25 and c.value >= 95 for c in rises if c.value)
    if _HASTE.search(text) and (leap or any((c.value or 0) >= 99 for c in rises)):
        found.append(("implausible", say("claims.too_fast")))
    elif _HASTE.search(text) and claims:
        found.append(("doubtful", say("claims.too_fast")))
    elif leap and any((c.value or 0) >= 99 for c in rises):
        found.append(("doubtful", say("claims.leap")))
    for one, other in pairwise(sorted(claims, key=lambda c: (c.metric, c.start))):
        same = one.metric == other.metric and one.reached and other.reached
        differs = one.unit == other.unit and one.value != other.value
        if same and differs and one.baseline is not None and other.baseline == one.baseline:
            found.append(("doubtful", say("claims.two_values", metric=one.metric)))
    return found


def case_depth(text: str, claims: Sequence[Claim]) -> tuple[float, tuple[str, ...]]:
    """Depth 0..10 of a case and which parts it lacks, by `case_depth.yaml`.

    Very short texts cannot be deep: below 60 Chinese characters (120 letters) half the points.
    """
    total, missing = 0.0, []
    for name, part in read_yaml("case_depth.yaml").items():
        pattern = "|".join(f"(?:{w})" for w in part["words"])
        present = (
            bool(claims) if name == "numbers" else bool(re.search(pattern, text, re.IGNORECASE))
        )
        if name == "comparison":
            present = present or any(c.baseline is not None for c in claims)
        if present:
            total += float(part["points"])
        else:
            missing.append(name)
    letters = sum(c.isalnum() for c in text) / (2 if text.isascii() else 1)
    if letters < 60:
        total *= 0.5
    return round(min(10.0, total), 1), tuple(missing)


def follow_up(
    claims: Sequence[Claim], reasons: Sequence[Message], missing: Sequence[str]
) -> tuple[Message, ...]:
    """What to ask: doubtful numbers first, then what the case leaves open; six at most."""
    asked = [say("claims.ask_number", reason=reason) for reason in reasons[:2]]
    for claim in claims:
        shown = claim.text
        if not claim.own:
            asked.append(say("claims.ask_share", claim=shown))
            break
    for claim in claims:
        if claim.baseline is None and claim.unit != "count":
            asked.append(say("claims.ask_baseline", claim=claim.text))
            break
    for claim in claims:
        if not claim.method:
            asked.append(say("claims.ask_method", claim=claim.text))
            break
    order = ("own_share", "comparison", "measuring", "cause", "limits", "numbers", "steps")
    lacking = {"steps" if name == "method" else name for name in missing}
    asked += [say(f"claims.ask_{name}") for name in order if name in lacking]
    return tuple(asked[:MOST_QUESTIONS])

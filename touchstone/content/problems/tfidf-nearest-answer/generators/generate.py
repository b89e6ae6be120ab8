"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import re
from collections import Counter
from math import log, sqrt

SAMPLE = """4 5 0.30
怎么申请退款？
退款多久到账
How to change my PayPal account
怎么申请退款
我想申请退款
PAYPAL 怎么换 account
今天天气
退款，退款！
账
"""
WORDS = (
    "退款 订单 物流 发货 发票 地址 修改 取消 账号 密码 登录 优惠券 会员 积分 客服 电话 售后 维修 "
    "换货 到账 多久 怎么 在哪里 可以 申请 查询 支付 失败 银行卡 限额 绑定 解绑 提现 手续费 开通 "
    "PayPal Visa APP wifi VIP order refund account change password invoice address"
).split()
EDGE = 1e-6


def tokens(text: str) -> list[str]:
    found = []
    for piece in re.findall(r"[\u4e00-\u9fff]+|[a-z0-9]+", text.lower()):
        whole = piece.isascii() or len(piece) == 1
        found += [piece] if whole else [piece[i : i + 2] for i in range(len(piece) - 1)]
    return found


def sound(questions: list[str], query: str, least: float) -> bool:
    """Whether the best two are equal or clearly apart, and the threshold is not hit by a hair."""
    n = len(questions)
    spread = Counter(token for text in questions for token in set(tokens(text)))

    def weighed(text: str) -> dict[str, float]:
        counts = Counter(token for token in tokens(text) if token in spread)
        weights = {t: c * (log((1 + n) / (1 + spread[t])) + 1) for t, c in counts.items()}
        length = sqrt(sum(w * w for w in weights.values()))
        return {token: weight / length for token, weight in weights.items()}

    mine = weighed(query)
    values = []
    for text in questions:
        theirs = weighed(text)
        values.append(sum(weight * theirs.get(token, 0.0) for token, weight in mine.items()))
    best = max(values)
    return abs(best - least) > EDGE and not any(1e-11 < best - v < EDGE for v in values)


def sentence(rng: random.Random, words: list[str], least: int, most: int) -> str:
    text = ""
    for word in rng.choices(words, k=rng.randint(least, most)):
        if word.isascii() and text:
            text += " "
        text += word.upper() if rng.random() < 0.1 else word
        if rng.random() < 0.1:
            text += rng.choice("，。？！ ")
    return text


def make(
    rng: random.Random, known: int, asked: int, least: float, *, longest: int = 6, doubles: int = 0
) -> str:
    questions = [sentence(rng, WORDS, 2, longest) for _ in range(known - doubles)]
    # The same question in other words' clothing: punctuation and case do not count.
    questions += [rng.choice(questions).upper() + "？" for _ in range(doubles)]
    rng.shuffle(questions)
    queries: list[str] = []
    while len(queries) < asked:
        text = sentence(rng, [*WORDS, "天气", "你好", "hello"], 1, longest)
        if rng.random() < 0.3:
            text = rng.choice(questions).lower() + rng.choice(("", "呢", "！", " thanks"))
        if rng.random() < 0.02:
            text = rng.choice(("", "？？", "嗯", "bye"))
        if sound(questions, text, least):
            queries.append(text)
    return "\n".join([f"{known} {asked} {least:.2f}", *questions, *queries]) + "\n"


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"answers-{variant}")
    one = rng.choice(WORDS[:30])
    yield f"1 3 0.50\n{one}\n{one}\n\n别的 things\n"
    yield make(rng, 8, 10, 0.25, doubles=4)
    yield make(rng, 30, 40, 0.35, longest=14)
    yield make(rng, 100, 60, 0.05, doubles=30)
    yield make(rng, 300, 150, 0.45, longest=12)
    yield make(rng, 1000, 500, 0.50, longest=12, doubles=60)


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = [("sample/1", SAMPLE)]
    plan += [
        (f"secret/{variant}/{number:02}", text)
        for variant in "ab"
        for number, text in enumerate(cases(variant), 1)
    ]
    for name, text in plan:
        path = base / "data" / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        answer = subprocess.run(
            [sys.executable, reference], input=path.read_bytes(), capture_output=True, check=True
        )
        path.with_suffix(".ans").write_bytes(answer.stdout)


main()

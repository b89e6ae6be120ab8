"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(rng: random.Random, last: str = "", born: str = "") -> str:
    while True:
        born_on = born or f"{rng.randint(1950, 2006)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        body = f"99{rng.randint(0, 9999):04}{born_on}{rng.randint(0, 999):03}"
        check = "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS)) % 11]
        if not last or check == last:
            return body + check


def card(rng: random.Random, length: int) -> str:
    body = "62" + "".join(rng.choices("0123456789", k=length - 3))
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def wrong(text: str) -> str:
    """The same with its last digit changed, so that the check fails."""
    return text[:-1] + ("1" if text[-1] in "0xX" else str((int(text[-1]) + 1) % 10))


def phone(rng: random.Random) -> str:
    return f"1{rng.choice('3456789')}{rng.randint(0, 999999999):09}"


def edges(variant: str) -> list[str]:
    rng = random.Random(f"edges-{variant}")
    with_x, with_digit = identity(rng, "X"), identity(rng, "7")
    odd_date = identity(rng, born="19991332")
    lines = [
        f"手机{phone(rng)}，备用 tel{phone(rng)}x",
        f"+86{phone(rng)} 与 86{phone(rng)} 与 +86 {phone(rng)} 与 +8612{phone(rng)[2:]}",
        f"号码 {phone(rng)}9 和 9{phone(rng)} 和 12{phone(rng)[2:]}",
        f"{with_x} {with_x.lower()} {with_x}1 {with_x}a {with_x}号",
        f"证件{with_digit}，抄错的{wrong(with_digit)}，日期不对的{odd_date}",
        f"卡 {card(rng, 16)} {card(rng, 19)} {wrong(card(rng, 16))} {card(rng, 20)} {card(rng, 15)}",
        f"😀😀 {phone(rng)} 😀 b@x.cn",
        "a@b.c xx@y z@.com q@w..com abc@d.e..f @no.one m.n%o+p-q@h-i.com.cn。",
        f"{phone(rng)}@qq.com {card(rng, 16)}@bank.com",
        "１３８１２３４５６７８ 全角不管",
        "",
        "one@two.com@three.com four@five.com,six@seven.org",
        f"{'0' * 16} {'0' * 18} {card(rng, 17)}{card(rng, 17)}",
        f"{card(rng, 18)} {card(rng, 17)}X",
        "end@host.com.",
        f"{phone(rng)}/{phone(rng)}-{phone(rng)}",
    ]
    rng.shuffle(lines)
    return lines


def sentence(rng: random.Random) -> str:
    makers = (
        lambda: phone(rng),
        lambda: "+86" + phone(rng),
        lambda: identity(rng),
        lambda: wrong(identity(rng)),
        lambda: card(rng, rng.randint(16, 19)),
        lambda: wrong(card(rng, rng.randint(16, 19))),
        lambda: f"u{rng.randint(1, 999)}@mail{rng.randint(1, 9)}.com",
        lambda: "".join(rng.choices("0123456789", k=rng.randint(4, 22))),
        lambda: "V2.0",
    )
    words = ("我的电话是", "订单", "请打", "证件号", "退到", "邮箱", "，", "。", " ", "ok ", "谢谢😀")
    parts = []
    for _ in range(rng.randint(1, 4)):
        parts += [rng.choice(words), rng.choice(makers)(), rng.choice(words)]
    return "".join(parts)


def blob(rng: random.Random, size: int) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
    return "附件 " + "".join(rng.choices(alphabet, k=size)) + f" 联系 {phone(rng)}"


FIXED = random.Random("sample-4")
SAMPLE = (
    "4\n"
    f"退款打到{card(FIXED, 16)}，电话+86{phone(FIXED)}\n"
    f"身份证 {identity(FIXED, 'X')}，邮箱 li.wei@mail.com.cn。\n"
    f"订单号{wrong(card(FIXED, 18))}，不是卡号\n"
    f"{phone(FIXED)}@qq.com 和 {phone(FIXED)}0\n"
)


def cases(variant: str) -> list[str]:
    rng = random.Random(f"mask-{variant}")
    plan = [
        edges(variant),
        [sentence(rng) for _ in range(10)],
        [sentence(rng) for _ in range(60)],
        [sentence(rng) for _ in range(300)],
        [*(sentence(rng) for _ in range(5)), blob(rng, 70000), sentence(rng)],
    ]
    return ["\n".join([str(len(lines)), *lines]) + "\n" for lines in plan]


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = {"sample/1": SAMPLE}
    for variant in "ab":
        for number, text in enumerate(cases(variant), 1):
            plan[f"secret/{variant}/{number:02}"] = text
    for name, text in plan.items():
        path = base / "data" / f"{name}.in"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        answer = subprocess.run(
            [sys.executable, reference], input=path.read_bytes(), capture_output=True, check=True
        )
        path.with_suffix(".ans").write_bytes(answer.stdout)


main()

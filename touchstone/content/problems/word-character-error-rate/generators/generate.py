"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

SAMPLE = """4
我要退 iPhone 的保险，谢谢
我要退爱 phone 的保险
OK, I'll call back
okay I'll call you back

嗯
转人工
转人工。
"""
CHINESE = "的我要退款订单号是多少请帮查一下物流地址修改成功客服您好可以吗谢谢没有收到货已经三天了"
WORDS = ["APP", "wifi", "iPhone", "VIP", "OK", "order", "Refund", "it's", "the", "a", "5G", "PayPal"]
MARKS = ["，", "。", " ", "?", "！", "、", " - "]


def spoken(rng: random.Random, length: int, english: float) -> list[str]:
    return [rng.choice(WORDS if rng.random() < english else CHINESE) for _ in range(length)]


def heard(rng: random.Random, tokens: list[str], errors: float) -> list[str]:
    found = []
    for token in tokens:
        luck = rng.random()
        if luck < errors * 0.4:
            found.append(rng.choice(WORDS if rng.random() < 0.3 else CHINESE))
        elif luck < errors * 0.7:
            continue
        elif luck < errors:
            found += [token, rng.choice(CHINESE)]
        else:
            found.append(token.lower() if rng.random() < 0.3 else token)
    return found


def written(rng: random.Random, tokens: list[str]) -> str:
    text = ""
    for token in tokens:
        if token.isascii() and text and text[-1].isascii():
            text += " "
        text += token
        if rng.random() < 0.15:
            text += rng.choice(MARKS)
    return text


def pair(rng: random.Random, length: int, english: float, errors: float) -> str:
    said = spoken(rng, length, english)
    return written(rng, said) + "\n" + written(rng, heard(rng, said, errors))


def cases(variant: str) -> Iterator[str]:
    rng = random.Random(f"speech-{variant}")

    def several(*pairs: str) -> str:
        return "\n".join([str(len(pairs)), *pairs]) + "\n"

    shift = "".join(rng.sample(CHINESE, 4))
    # Silence on either side or on both: nothing to divide by.
    yield several("\n", "，。\n" + shift)
    # Text moved by one place: two edits that can be read in two ways.
    yield several(f"{shift[:2]}\n{shift[1:3]}", f"{shift}\n{shift[1:]}{shift[0]}", "a b\nb c", "你a\na你")
    yield several(*(pair(rng, rng.randint(1, 6), 0.4, 0.7) for _ in range(12)))
    yield several(*(pair(rng, rng.randint(8, 16), 0.5, 0.5) for _ in range(60)), "\n" + shift)
    yield several(*(pair(rng, rng.randint(10, 40), rng.random(), 0.3) for _ in range(200)))
    yield several(pair(rng, 420, 0.2, 0.4), *(pair(rng, 30, 0.3, 0.2) for _ in range(30)))


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

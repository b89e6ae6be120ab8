"""Writes the tests: python generators/generate.py (from the package's folder)."""

import random
import subprocess
import sys
from pathlib import Path

SIZES = ((1, 1), (6, 6), (80, 40), (800, 400), (4000, 2000))
SAMPLE = (
    "3 4\nu1\tRefund, please!\nu2\t订单 没有发货\nu3\tHello\n"
    "u9\trefund please\nu2\tThanks\nu8\t订单没有发货。\nu7\tWhere is it?\n"
)


def make(seed: str, n: int, m: int) -> str:
    rng = random.Random(f"leak-{seed}")
    words = [
        "refund",
        "Order",
        "late",
        "退款",
        "订单",
        "发货",
        "invoice",
        "客服",
        "why",
        "再问一次",
        "OK",
    ]

    def text() -> str:
        return " ".join(
            f"{rng.choice(words)}{rng.randint(0, 99)}" for _ in range(rng.randint(3, 5))
        )

    train = [(f"u{rng.randint(1, 2 * n)}", text()) for _ in range(n)]
    test = []
    for _ in range(m):
        own = text()
        if rng.random() < 0.3:
            own = rng.choice(train)[1]
            own = (
                own.upper()
                if rng.random() < 0.4
                else own.replace(" ", rng.choice((", ", "", "。", "_", " ")))
            )
        test.append((f"u{rng.randint(1, 4 * n)}", own))
    return "\n".join([f"{n} {m}", *("\t".join(row) for row in [*train, *test])]) + "\n"


def main() -> None:
    base = Path(__file__).resolve().parents[1]
    reference = base / "submissions" / "accepted" / "reference.py"
    plan = [("sample/1", SAMPLE)]
    plan += [
        (f"secret/{variant}/{number:02}", make(f"{variant}-{number}", *size))
        for variant in "ab"
        for number, size in enumerate(SIZES, 1)
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

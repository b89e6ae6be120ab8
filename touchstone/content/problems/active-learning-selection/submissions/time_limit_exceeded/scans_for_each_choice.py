import sys


def main():
    lines = sys.stdin.read().split("\n")
    n, budget, most = map(int, lines[0].split())
    rows = [list(map(int, line.split())) for line in lines[1 : n + 1]]
    chosen = []
    while len(chosen) < budget:
        best = None
        for number, (group, *chances) in enumerate(rows, 1):
            if number in chosen:
                continue
            if sum(rows[other - 1][0] == group for other in chosen) >= most:
                continue
            first, second = sorted(chances)[-1:-3:-1]
            if best is None or (first - second, number) < best:
                best = (first - second, number)
        if best is None:
            break
        chosen.append(best[1])
    print(len(chosen))
    print(*chosen)


main()

"""Goes round within each skill and forgets the work people have from other skills."""

import sys


def main():
    lines = sys.stdin.read().split("\n")
    n, people = map(int, lines[0].split())
    of_person = [set(line.split()[1:]) for line in lines[1 : people + 1]]
    load = [0] * people
    rows = []
    turn = {}
    for name in lines[people + 1 : people + 1 + n]:
        able = [p for p in range(people) if name in of_person[p]]
        if len(able) < 3:
            print("IMPOSSIBLE")
            return
        start = turn.get(name, 0)
        turn[name] = start + 3
        chosen = [able[(start + i) % len(able)] for i in range(3)]
        for person in chosen:
            load[person] += 1
        rows.append([person + 1 for person in chosen])
    print(max(load))
    for row in rows:
        print(*row)


main()

"""Fills three places one by one with whoever is least loaded, even the same person twice."""

import sys


def main():
    lines = sys.stdin.read().split("\n")
    n, people = map(int, lines[0].split())
    of_person = [set(line.split()[1:]) for line in lines[1 : people + 1]]
    load = [0] * people
    rows = []
    for name in lines[people + 1 : people + 1 + n]:
        able = sorted((p for p in range(people) if name in of_person[p]), key=lambda p: load[p])
        if len(able) < 3:
            print("IMPOSSIBLE")
            return
        row = []
        for _ in range(3):
            person = min(able, key=lambda p: load[p])
            load[person] += 1
            row.append(person + 1)
        rows.append(row)
    print(max(load))
    for row in rows:
        print(*row)


main()

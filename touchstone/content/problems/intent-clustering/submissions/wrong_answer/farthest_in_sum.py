"""Starts from the points whose distances to all centres so far have the largest sum."""

import sys

SAME = 1e-9


def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b))


def nearest(point, centres):
    best, least = 0, distance(point, centres[0])
    for number in range(1, len(centres)):
        other = distance(point, centres[number])
        if other < least - SAME:
            best, least = number, other
    return best


def spread_out(points, kinds, first):
    """Each further centre is the point farthest from the centres so far."""
    chosen = [first]
    away = [distance(point, points[first]) for point in points]
    while len(chosen) < kinds:
        chosen.append(away.index(max(away)))
        newest = points[chosen[-1]]
        away = [old + distance(point, newest) for old, point in zip(away, points)]
    return [points[number] for number in chosen]


def mean(members):
    return [sum(column) / len(members) for column in zip(*members)]


def main():
    data = iter(map(int, sys.stdin.read().split()))
    n, width, kinds, most, first = (next(data) for _ in range(5))
    points = [[next(data) for _ in range(width)] for _ in range(n)]
    centres = spread_out(points, kinds, first - 1)
    owner, rounds = None, 0
    while rounds < most:
        rounds += 1
        before, owner = owner, [nearest(point, centres) for point in points]
        if owner == before:
            break
        groups = [[] for _ in range(kinds)]
        for point, number in zip(points, owner):
            groups[number].append(point)
        centres = [mean(group) if group else old for group, old in zip(groups, centres)]
    inertia = sum(distance(point, centres[number]) for point, number in zip(points, owner))
    print(rounds, f"{inertia:.6f}")
    for number, centre in enumerate(centres):
        speaker, least, size = None, 0.0, 0
        for index, point in enumerate(points):
            if owner[index] == number:
                size += 1
                other = distance(point, centre)
                if speaker is None or other < least - SAME:
                    speaker, least = index, other
        print(size, "-" if speaker is None else speaker + 1)


main()

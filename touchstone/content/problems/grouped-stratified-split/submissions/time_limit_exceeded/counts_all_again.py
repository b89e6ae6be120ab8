"""Counts the whole test set again for every user that is considered."""

import sys
from collections import Counter, defaultdict

UNKNOWN = "-"
MOST_MOVES = 50


def main():
    words = sys.stdin.read().split()
    n, percent = int(words[0]), int(words[1])
    samples = list(zip(words[2 : 2 + 2 * n : 2], words[3 : 3 + 2 * n : 2]))
    total = Counter(label for _, label in samples)
    of_user = defaultdict(Counter)
    for user, label in samples:
        if user != UNKNOWN:
            of_user[user][label] += 1
    size = {user: sum(own.values()) for user, own in of_user.items()}
    order = sorted(of_user, key=lambda user: (-size[user], user))
    short = {label: percent * count for label, count in total.items()}

    def gain(user, sign):
        """How much the deviation falls when the user's samples enter (1) or leave (-1)."""
        inside = chosen | {user} if sign > 0 else chosen - {user}
        before = Counter(label for other, label in samples if other in chosen)
        after = Counter(label for other, label in samples if other in inside)
        return sum(
            abs(percent * count - 100 * before[label]) - abs(percent * count - 100 * after[label])
            for label, count in total.items()
        )

    def move(user, sign):
        for label, count in of_user[user].items():
            short[label] -= sign * 100 * count

    chosen = set()
    for user in order:
        if gain(user, 1) > 0:
            move(user, 1)
            chosen.add(user)
    moves = 0
    while moves < MOST_MOVES and order:
        best = max(order, key=lambda user: gain(user, -1 if user in chosen else 1))
        sign = -1 if best in chosen else 1
        if gain(best, sign) <= 0:
            break
        move(best, sign)
        chosen ^= {best}
        moves += 1
    print(sum(map(abs, short.values())), moves)
    in_test = Counter(label for user, label in samples if user in chosen)
    for label in sorted(total):
        print(label, total[label], in_test[label])
    print(*(sorted(chosen) or ["-"]))


main()

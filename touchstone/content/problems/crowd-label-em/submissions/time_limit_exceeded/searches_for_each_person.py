import sys

ROUNDS = 10


def main():
    data = iter(map(int, sys.stdin.read().split()))
    items, people, kinds, count = (next(data) for _ in range(4))
    rows = [tuple(next(data) for _ in range(3)) for _ in range(count)]
    belief = {}
    for item in sorted({item for item, _, _ in rows}):
        votes = [(person, label) for other, person, label in rows if other == item]
        belief[item] = [sum(label == k for _, label in votes) / len(votes) for k in range(kinds)]
    for _ in range(ROUNDS):
        right, seen = [1.0] * people, [2.0] * people
        for item in belief:
            votes = [(person, label) for other, person, label in rows if other == item]
            for person, label in votes:
                right[person] += belief[item][label]
                seen[person] += 1
        skill = [a / b for a, b in zip(right, seen)]
        for item in belief:
            votes = [(person, label) for other, person, label in rows if other == item]
            chance = [1.0] * kinds
            for person, label in votes:
                for k in range(kinds):
                    chance[k] *= skill[person] if k == label else (1 - skill[person]) / (kinds - 1)
            whole = sum(chance)
            belief[item] = [value / whole for value in chance]
    for value in skill:
        print(f"{value:.8f}")
    print(f"{sum(map(max, belief.values())):.6f}")


main()

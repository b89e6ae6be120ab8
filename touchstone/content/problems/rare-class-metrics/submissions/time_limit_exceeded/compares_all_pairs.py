import sys


def main():
    data = sys.stdin.read().split()
    labels, scores = list(map(int, data[1::2])), list(map(int, data[2::2]))
    positive = [s for s, y in zip(scores, labels) if y]
    negative = [s for s, y in zip(scores, labels) if not y]
    wins = sum((p > q) + (p == q) / 2 for p in positive for q in negative)
    best = (0.0, 0)
    for threshold in sorted(scores, reverse=True):
        right = sum(s >= threshold for s in positive)
        wrong = sum(s >= threshold for s in negative)
        f1 = 2 * right / (right + wrong + len(positive))
        if f1 > best[0]:
            best = (f1, threshold)
    print(f"{wins / (len(positive) * len(negative)):.8f}")
    print(f"{best[1]} {best[0]:.8f}")


main()

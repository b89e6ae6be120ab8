import math
import sys


def main():
    data = sys.stdin.read().split()
    n, window, kinds = map(int, data[:3])
    limit = float(data[3])
    base = list(map(int, data[4 : 4 + kinds]))
    stream = list(map(int, data[4 + kinds : 4 + kinds + n]))
    total = sum(base) + 0.5 * kinds
    expected = [(count + 0.5) / total for count in base]
    size = window + 0.5 * kinds
    counts = [0] * kinds

    def term(kind):
        actual = (counts[kind] + 0.5) / size
        return actual * math.log(actual / expected[kind])

    alarm, highest = 0, 0.0
    for end, kind in enumerate(stream, 1):
        counts[kind] += 1
        if end > window:
            counts[stream[end - window - 1]] -= 1
        if end >= window:
            psi = sum(map(term, range(kinds)))
            highest = max(highest, psi)
            if not alarm and psi > limit:
                alarm = end
    print(alarm)
    print(f"{highest:.8f}")


main()

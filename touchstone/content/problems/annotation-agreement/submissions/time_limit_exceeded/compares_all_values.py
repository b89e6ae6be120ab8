import sys
from collections import Counter
from itertools import combinations


def alpha(rows):
    units = [Counter(row) for row in rows if len(row) > 1]
    totals = Counter()
    disagreement = 0.0
    for unit in units:
        totals.update(unit)
        size = unit.total()
        disagreement += (size * size - sum(v * v for v in unit.values())) / (size - 1)
    values = [cell for unit in units for cell in unit.elements()]
    n = len(values)
    expected = sum(a != b for a in values for b in values)
    return 1 - (n - 1) * disagreement / expected if expected else None


def kappa(pairs):
    if not pairs:
        return None
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(first[label] * second[label] for label in first)
    if expected == n * n:
        return None
    observed = sum(a == b for a, b in pairs) / n
    return (observed - expected / n / n) / (1 - expected / n / n)


def show(value):
    return "NA" if value is None else f"{value:.8f}"


def main():
    lines = sys.stdin.read().split("\n")
    n, k = map(int, lines[0].split())
    table = [line.split() for line in lines[1 : n + 1]]
    print(show(alpha([[cell for cell in row if cell != "-"] for row in table])))
    for i, j in combinations(range(k), 2):
        pairs = [(row[i], row[j]) for row in table if row[i] != "-" and row[j] != "-"]
        print(show(kappa(pairs)))


main()

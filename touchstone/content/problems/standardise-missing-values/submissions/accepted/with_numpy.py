import sys

import numpy as np

lines = sys.stdin.read().splitlines()
n, m, q = map(int, lines[0].split())
table = np.array([[np.nan if c == "NA" else float(c) for c in line.split()] for line in lines[1 : n + 1]])
medians = np.nanmedian(table, axis=0)
table = np.where(np.isnan(table), medians, table)
means, deviations = table.mean(axis=0), table.std(axis=0)
for row in zip(medians, means, deviations):
    print(*row)
for line in lines[n + 1 : n + 1 + q]:
    r, c = (int(word) - 1 for word in line.split())
    print((table[r, c] - means[c]) / deviations[c] if deviations[c] else 0.0)

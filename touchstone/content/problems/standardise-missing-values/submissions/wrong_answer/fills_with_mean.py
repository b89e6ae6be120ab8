import math
import statistics
import sys


def main():
    data = iter(sys.stdin.read().split())
    n, m, q = (int(next(data)) for _ in range(3))
    cells = [[next(data) for _ in range(m)] for _ in range(n)]
    columns = []
    for raw in zip(*cells):
        median = statistics.fmean(int(cell) for cell in raw if cell != "NA")
        filled = [median if cell == "NA" else int(cell) for cell in raw]
        mean = sum(filled) / n
        deviation = math.sqrt(sum((value - mean) ** 2 for value in filled) / n)
        columns.append((filled, mean, deviation))
        print(f"{median:.6f} {mean:.6f} {deviation:.6f}")
    for _ in range(q):
        row, column = int(next(data)) - 1, int(next(data)) - 1
        filled, mean, deviation = columns[column]
        print(f"{(filled[row] - mean) / deviation if deviation else 0:.6f}")


main()

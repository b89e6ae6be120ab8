import math
import sys


def main():
    data = sys.stdin.read().split()
    n, size = int(data[0]), int(data[1])
    kept = []
    for i in range(n):
        weight, chance = int(data[2 + 2 * i]), float(data[3 + 2 * i])
        kept.append((weight, chance, i + 1))
        if len(kept) > size:
            kept.remove(min(kept, key=lambda entry: math.log(entry[1]) / entry[0]))
    kept.sort(key=lambda entry: -math.log(entry[1]) / entry[0])
    print(*(number for _, _, number in kept))


main()

import heapq
import math
import sys


def main():
    data = sys.stdin.read().split()
    n, size = int(data[0]), int(data[1])
    heap = []
    for i in range(n):
        weight, chance = int(data[2 + 2 * i]), float(data[3 + 2 * i])
        entry = (math.log(chance) / weight, i + 1)
        if len(heap) < size:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)
    print(*(number for _, number in sorted(heap, reverse=True)))


main()

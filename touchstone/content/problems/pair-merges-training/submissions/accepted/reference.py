import heapq
import sys
from collections import Counter, defaultdict


def main():
    lines = sys.stdin.buffer.read().decode("utf-8").split("\n")
    n, merges = map(int, lines[0].split())
    words, times = [], []
    for line in lines[1 : n + 1]:
        word, count = line.split()
        words.append(list(word))
        times.append(int(count))
    before = sum(len(word) * count for word, count in zip(words, times))
    counts, places = Counter(), defaultdict(set)
    for number, word in enumerate(words):
        for pair in zip(word, word[1:]):
            counts[pair] += times[number]
            places[pair].add(number)
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    found = []
    while heap and len(found) < merges:
        count, pair = heapq.heappop(heap)
        if counts[pair] != -count:
            continue
        if -count < 2:
            break
        found.append((pair, -count))
        changed = set()
        for number in places.pop(pair):
            word, merged = words[number], []
            i = 0
            while i < len(word):
                if tuple(word[i : i + 2]) == pair:
                    merged.append(pair[0] + pair[1])
                    i += 2
                else:
                    merged.append(word[i])
                    i += 1
            for old in zip(word, word[1:]):
                counts[old] -= times[number]
                changed.add(old)
            for new in zip(merged, merged[1:]):
                counts[new] += times[number]
                places[new].add(number)
                changed.add(new)
            words[number] = merged
        for one in changed:
            if counts[one]:
                heapq.heappush(heap, (-counts[one], one))
    after = sum(len(word) * count for word, count in zip(words, times))
    print(len(found))
    for (left, right), count in found:
        print(left, right, count)
    print(before, after)


sys.stdout.reconfigure(encoding="utf-8")
main()

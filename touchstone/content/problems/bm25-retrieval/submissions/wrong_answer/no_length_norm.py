import math
import sys
from collections import Counter, defaultdict

K1, B = 1.2, 0.75


def main():
    lines = sys.stdin.read().split("\n")
    n, q = map(int, lines[0].split())
    lengths, postings = [], defaultdict(list)
    for number, line in enumerate(lines[1 : n + 1]):
        words = line.split()
        lengths.append(len(words))
        for word, count in Counter(words).items():
            postings[word].append((number, count))
    average = sum(lengths) / n
    for line in lines[n + 1 : n + 1 + q]:
        scores = defaultdict(float)
        for word in dict.fromkeys(line.split()):
            found = postings.get(word, ())
            idf = math.log(1 + (n - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                norm = K1
                scores[number] += idf * count * (K1 + 1) / (count + norm)
        best = sorted((-round(score, 6), number) for number, score in scores.items())[:3]
        print(" ".join(f"{number + 1} {-score:.6f}" for score, number in best) or "0")


main()

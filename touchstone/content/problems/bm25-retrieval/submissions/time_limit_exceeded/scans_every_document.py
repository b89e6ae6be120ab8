import math
import sys

K1, B = 1.2, 0.75


def main():
    lines = sys.stdin.read().split("\n")
    n, q = map(int, lines[0].split())
    documents = [line.split() for line in lines[1 : n + 1]]
    average = sum(len(words) for words in documents) / n
    for line in lines[n + 1 : n + 1 + q]:
        scores = []
        for number, words in enumerate(documents):
            total = 0.0
            for word in dict.fromkeys(line.split()):
                count = words.count(word)
                if count:
                    holding = sum(word in other for other in documents)
                    idf = math.log(1 + (n - holding + 0.5) / (holding + 0.5))
                    norm = K1 * (1 - B + B * len(words) / average)
                    total += idf * count * (K1 + 1) / (count + norm)
            if total:
                scores.append((-round(total, 6), number))
        best = sorted(scores)[:3]
        print(" ".join(f"{number + 1} {-score:.6f}" for score, number in best) or "0")


main()

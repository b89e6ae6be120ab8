import math
import sys

Z = 1.959963984540054


def wilson(passed, n):
    rate = passed / n
    half = Z * math.sqrt(rate * (1 - rate) / n)
    return rate - half, rate + half


def mcnemar(b, c):
    n = b + c
    whole = math.lgamma(n + 1) - n * math.log(2)
    tail = math.fsum(
        math.exp(whole - math.lgamma(i + 1) - math.lgamma(n - i + 1)) for i in range(min(b, c) + 1)
    )
    return min(1.0, 2 * tail)


def main():
    data = list(map(int, sys.stdin.read().split()))
    for i in range(data[0]):
        both, only_a, only_b, neither = data[1 + 4 * i : 5 + 4 * i]
        n = both + only_a + only_b + neither
        low_a, high_a = wilson(both + only_a, n)
        low_b, high_b = wilson(both + only_b, n)
        p = mcnemar(only_a, only_b)
        print(f"{low_a:.6f} {high_a:.6f} {low_b:.6f} {high_b:.6f} {p:.6f}")


main()

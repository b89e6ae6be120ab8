"""Keeps for every possible boundary the number of answers that speak against it."""


def main():
    n, slips, _ = map(int, input().split())
    against = [0] * (n + 1)
    low, high = 1, n + 1
    while low < high:
        middle = (low + high) // 2
        while low <= middle < high:
            print("?", middle, flush=True)
            yes = int(input())
            against = [
                count + ((boundary <= middle) != yes)
                for boundary, count in enumerate(against, 1)
            ]
            while low < n + 1 and against[low - 1] > slips:
                low += 1
            while high > 1 and against[high - 1] > slips:
                high -= 1
    print("!", low, flush=True)


main()

"""Asks 2e+1 times in every step and takes the majority, which is more than Q."""

def main():
    n, slips, _ = map(int, input().split())
    low, high = 1, n + 1
    while low < high:
        middle = (low + high) // 2
        answers = [0, 0]
        for _ in range(2 * slips + 1):
            print("?", middle, flush=True)
            answers[int(input())] += 1
        if answers[1] > slips:
            high = middle
        else:
            low = middle + 1
    print("!", low, flush=True)


main()

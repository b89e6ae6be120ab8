"""Asks once and believes it, so that a single slip leads astray."""

def main():
    n, slips, _ = map(int, input().split())
    low, high = 1, n + 1
    while low < high:
        middle = (low + high) // 2
        answers = [0, 0]
        while max(answers) < 1:
            print("?", middle, flush=True)
            answers[int(input())] += 1
        if answers[1]:
            high = middle
        else:
            low = middle + 1
    print("!", low, flush=True)


main()

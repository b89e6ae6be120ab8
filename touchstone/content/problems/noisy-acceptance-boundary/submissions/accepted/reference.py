def main():
    n, slips, _ = map(int, input().split())
    low, high = 1, n + 1
    while low < high:
        middle = (low + high) // 2
        answers = [0, 0]
        while max(answers) <= slips:
            print("?", middle, flush=True)
            answers[int(input())] += 1
        if answers[1] > slips:
            high = middle
        else:
            low = middle + 1
    print("!", low, flush=True)


main()

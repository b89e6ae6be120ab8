import sys


def main():
    data = sys.stdin.read().split()
    n = int(data[0])
    pairs = sorted(zip(map(int, data[2::2]), map(int, data[1::2])), reverse=True)
    positives = sum(label for _, label in pairs)
    negatives = n - positives
    wins = 0
    best = (0, 1, 0)
    above_right = above_wrong = i = 0
    while i < n:
        threshold = pairs[i][0]
        right = wrong = 0
        while i < n and pairs[i][0] == threshold:
            right += pairs[i][1]
            wrong += 1 - pairs[i][1]
            i += 1
        wins += 2 * above_right * wrong
        above_right += right
        above_wrong += wrong
        top, bottom = 2 * above_right, above_right + above_wrong + positives
        if top * best[1] > best[0] * bottom:
            best = (top, bottom, threshold)
    print(f"{wins / (2 * positives * negatives):.8f}")
    print(f"{best[2]} {best[0] / best[1]:.8f}")


main()

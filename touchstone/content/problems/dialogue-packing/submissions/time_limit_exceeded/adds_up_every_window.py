"""Adds up every window anew for every dialogue."""

import sys


def trimmed(turns, size):
    """What is kept of the newest turns, and how many of the oldest had to go."""
    kept = 0
    for count, tokens in enumerate(reversed(turns)):
        if kept + tokens > size:
            return kept, len(turns) - count
        kept += tokens
    return kept, 0


def main():
    lines = sys.stdin.read().split("\n")
    n, size, gap = map(int, lines[0].split())
    lengths, dropped, discarded = [], 0, 0
    for line in lines[1 : n + 1]:
        kept, lost = trimmed(list(map(int, line.split())), size)
        lengths.append(kept)
        dropped += lost
        discarded += not kept
    window_of = [0] * n
    filled = []
    for number in sorted(range(n), key=lambda i: (-lengths[i], i)):
        length = lengths[number]
        if not length:
            continue
        best = None
        for window, inside in enumerate(filled):
            room = size + gap - sum(lengths[other] + gap for other in inside)
            if room >= length + gap and (best is None or room < best[0]):
                best = (room, window)
        if best is None:
            filled.append([number])
            window_of[number] = len(filled)
        else:
            filled[best[1]].append(number)
            window_of[number] = best[1] + 1
    windows = len(filled)
    print(windows, sum(lengths), dropped, discarded)
    print(f"{sum(lengths) / (windows * size) if windows else 0:.8f}")
    print(*window_of)


main()

"""Takes the first window with enough room instead of the fullest."""

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
    rooms, windows = [], 0
    for number in sorted(range(n), key=lambda i: (-lengths[i], i)):
        length = lengths[number]
        if not length:
            continue
        window = next((w for w, room in enumerate(rooms) if room >= length + gap), len(rooms))
        if window == len(rooms):
            rooms.append(size - length)
        else:
            rooms[window] -= length + gap
        window += 1
        windows = len(rooms)
        window_of[number] = window
    print(windows, sum(lengths), dropped, discarded)
    print(f"{sum(lengths) / (windows * size) if windows else 0:.8f}")
    print(*window_of)


main()

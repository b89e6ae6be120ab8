import sys


def main():
    lines = sys.stdin.read().split("\n")
    v, t = map(int, lines[0].split())
    vocabulary = set(lines[1 : v + 1])
    longest = max(map(len, vocabulary))
    total = 0
    for text in lines[v + 1 : v + 1 + t]:
        count = place = 0
        while place < len(text):
            for size in range(longest, 0, -1):
                if text[place : place + size] in vocabulary:
                    count += 1
                    break
            else:
                size = 1
                count += len(text[place].encode())
            place += min(size, len(text) - place)
        print(count)
        total += count
    print(total)


main()

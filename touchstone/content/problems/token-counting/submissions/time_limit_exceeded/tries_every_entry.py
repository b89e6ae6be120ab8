import sys


def main():
    lines = sys.stdin.read().split("\n")
    v, t = map(int, lines[0].split())
    vocabulary = lines[1 : v + 1]
    total = 0
    for text in lines[v + 1 : v + 1 + t]:
        count = 0
        while text:
            found = max((word for word in vocabulary if text.startswith(word)), key=len, default="")
            count += 1 if found else len(text[0].encode())
            text = text[len(found) or 1 :]
        print(count)
        total += count
    print(total)


main()

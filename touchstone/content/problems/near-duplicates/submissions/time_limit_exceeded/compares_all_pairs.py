import sys


def main():
    lines = sys.stdin.read().split("\n")
    n, percent = map(int, lines[0].split())
    shingles = [{text[i : i + 3] for i in range(len(text) - 2)} for text in lines[1 : n + 1]]
    root = list(range(n))

    def find(i):
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for number, own in enumerate(shingles):
        for other in range(number):
            common = len(own & shingles[other])
            if common * 100 >= percent * (len(own) + len(shingles[other]) - common):
                a, b = sorted((find(number), find(other)))
                root[b] = a
    kept = [i + 1 for i in range(n) if find(i) == i]
    print(len(kept))
    print(*kept)


main()

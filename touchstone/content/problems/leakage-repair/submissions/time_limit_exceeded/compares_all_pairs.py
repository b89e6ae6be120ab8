import re
import sys


def plain(text):
    return re.sub(r"[\W_]+", "", text).casefold()


def main():
    lines = sys.stdin.read().split("\n")
    n, m = map(int, lines[0].split())
    rows = [line.split("\t") for line in lines[1 : n + m + 1]]
    same_user = same_text = 0
    clean = []
    for number, (user, text) in enumerate(rows[n:], 1):
        by_user = any(user == other for other, _ in rows[:n])
        by_text = any(plain(text) == plain(other) for _, other in rows[:n])
        same_user += by_user
        same_text += by_text
        if not by_user and not by_text:
            clean.append(number)
    print(same_user, same_text, len(clean))
    print(*clean)


main()

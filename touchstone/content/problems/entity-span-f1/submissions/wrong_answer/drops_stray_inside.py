import sys


def spans(tags):
    found, start, kind = set(), 0, ""
    for i, tag in enumerate([*tags, "O"]):
        goes_on = tag[:2] == "I-" and tag[2:] == kind
        if kind and not goes_on:
            found.add((start, i, kind))
            kind = ""
        if tag[:2] == "B-":
            start, kind = i, tag[2:]
    return found


def main():
    lines = sys.stdin.read().split("\n")
    gold, guess = set(), set()
    for s in range(int(lines[0])):
        gold |= {(s, *span) for span in spans(lines[1 + 2 * s].split())}
        guess |= {(s, *span) for span in spans(lines[2 + 2 * s].split())}

    def scores(kind):
        right = sum(span in gold for span in guess if kind in ("", span[3]))
        of_guess = sum(kind in ("", span[3]) for span in guess)
        of_gold = sum(kind in ("", span[3]) for span in gold)
        precision = right / of_guess if of_guess else 0
        recall = right / of_gold if of_gold else 0
        return precision, recall, 2 * right / (of_guess + of_gold) if of_guess + of_gold else 0

    for kind in ["", *sorted({span[3] for span in gold | guess})]:
        precision, recall, f1 = scores(kind)
        print(f"{kind or 'ALL'} {precision:.6f} {recall:.6f} {f1:.6f}")


main()

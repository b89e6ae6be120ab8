import sys

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = frozenset("0123456789")
PLAIN = frozenset(LETTERS) | DIGITS
LOCAL = PLAIN | frozenset("._%+-")
HOST = PLAIN | frozenset(".-")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def mails(text):
    found, free = [], 0
    at = text.find("@")
    while at >= 0:
        start = at
        while start > free and text[start - 1] in LOCAL:
            start -= 1
        end = at + 1
        while end < len(text) and text[end] in HOST:
            end += 1
        labels = []
        for label in text[at + 1 : end].split("."):
            if not label:
                break
            labels.append(label)
        if start < at and len(labels) > 1:
            free = at + 1 + len(".".join(labels))
            found.append((start, free, "EMAIL"))
        at = text.find("@", max(at + 1, free))
    return found


def is_phone(digits):
    return len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789"


def is_id(text):
    total = sum(int(digit) * weight for digit, weight in zip(text, WEIGHTS))
    if "10X98765432"[total % 11] != text[17].upper() or text[0] == "0":
        return False
    year, month, day = int(text[6:10]), int(text[10:12]), int(text[12:14])
    return 1900 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31


def is_card(digits):
    if not 16 <= len(digits) <= 19 or digits[0] == "0":
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def number(text, start, end):
    digits = text[start:end]
    if is_phone(digits):
        return start, end, "PHONE"
    if len(digits) == 13 and digits[:2] == "86" and text[max(0, start - 1) : start] == "+":
        if is_phone(digits[2:]):
            return start + 2, end, "PHONE"
    if len(digits) == 17 and text[end : end + 1] in ("X", "x"):
        if text[end + 1 : end + 2] not in PLAIN and is_id(text[start : end + 1]):
            return start, end + 1, "ID"
    if len(digits) == 18 and is_id(digits):
        return start, end, "ID"
    return (start, end, "CARD") if is_card(digits) else None


def numbers(text, start, stop):
    found = []
    while start < stop:
        if text[start] not in DIGITS:
            start += 1
            continue
        end = start
        while end < stop and text[end] in DIGITS:
            end += 1
        one = number(text, start, end)
        if one:
            found.append(one)
        start = end
    return found


def hidden(text, start, end, kind):
    if kind == "EMAIL":
        at = text.index("@", start)
        return (start + 1 if at - start > 1 else start), at
    return {"PHONE": (start + 3, end - 4), "ID": (start + 3, end - 2), "CARD": (start, end - 4)}[kind]


def main():
    lines = sys.stdin.buffer.read().decode("utf-8").split("\n")
    totals = dict.fromkeys(("EMAIL", "PHONE", "ID", "CARD"), 0)
    for text in lines[1 : int(lines[0]) + 1]:
        found, free = [], 0
        for mail in [*mails(text), (len(text), len(text), "")]:
            found += numbers(text, free, mail[0])
            found.append(mail)
            free = mail[1]
        found.pop()
        shown = list(text)
        for start, end, kind in found:
            totals[kind] += 1
            first, last = hidden(text, start, end, kind)
            shown[first:last] = "*" * (last - first)
        print("".join(shown))
        print(len(found), *("%d:%d:%s" % one for one in found))
    print(*(f"{kind} {count}" for kind, count in totals.items()))


sys.stdout.reconfigure(encoding="utf-8")
main()

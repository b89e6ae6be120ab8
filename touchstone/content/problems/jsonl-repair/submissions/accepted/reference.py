import re
import sys

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
NUMBER_LIKE = re.compile(r"[-+.eE0-9]+")
WORD = re.compile(r"[A-Za-z]+")
WORDS = {"true": "true", "false": "false", "null": "null"}
FOREIGN = {"True": "true", "False": "false", "None": "null"}
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "/": "/"}
SHOWN = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'}


class Broken(Exception):
    pass


class Reader:
    def __init__(self, text):
        self.text, self.at, self.repairs = text, 0, set()

    def skip(self):
        while self.text[self.at : self.at + 1] in (" ", "\t"):
            self.at += 1
        return self.text[self.at : self.at + 1]

    def value(self):
        mark = self.skip()
        if not mark:
            raise Broken("truncated")
        if mark == "{":
            return self.mapping()
        if mark == "[":
            found = []
            self.parts("]", lambda: found.append(self.value()))
            return "[" + ",".join(found) + "]"
        if mark in "\"'":
            return shown(self.string())
        if mark in "-0123456789":
            return self.number()
        return self.word()

    def mapping(self):
        found = {}

        def member():
            mark = self.skip()
            if mark not in ('"', "'"):
                raise Broken("syntax")
            key = self.string()
            mark = self.skip()
            if mark != ":":
                raise Broken("syntax" if mark else "truncated")
            self.at += 1
            if key in found:
                self.repairs.add("duplicate")
            found[key] = self.value()

        self.parts("}", member)
        return "{" + ",".join(f"{shown(key)}:{found[key]}" for key in sorted(found)) + "}"

    def parts(self, close, read):
        self.at += 1
        first, comma = True, None
        while True:
            mark = self.skip()
            if mark in ("", close):
                if comma is not None:
                    self.repairs.add("comma")
                self.at += len(mark)
                if not mark:
                    self.repairs.add("closed")
                return
            if not first and comma is None:
                raise Broken("syntax")
            read()
            first, comma = False, None
            if self.skip() == ",":
                comma = self.at
                self.at += 1

    def string(self):
        quote = self.text[self.at]
        self.at += 1
        found = []
        while True:
            mark = self.text[self.at : self.at + 1]
            if not mark:
                raise Broken("truncated")
            if mark < " ":
                raise Broken("syntax")
            self.at += 1
            if mark == quote:
                break
            found.append(self.escape(quote) if mark == "\\" else mark)
        if quote == "'":
            self.repairs.add("quotes")
        return "".join(found)

    def escape(self, quote):
        mark = self.text[self.at : self.at + 1]
        if not mark:
            raise Broken("truncated")
        self.at += 1
        if mark == "u":
            digits = self.text[self.at : self.at + 4]
            if len(digits) < 4:
                raise Broken("truncated")
            if not re.fullmatch("[0-9A-Fa-f]{4}", digits):
                raise Broken("syntax")
            self.at += 4
            return chr(int(digits, 16))
        if mark in ESCAPES:
            return ESCAPES[mark]
        if mark == '"' or (mark == "'" and quote == "'"):
            return mark
        raise Broken("syntax")

    def number(self):
        token = NUMBER_LIKE.match(self.text, self.at)[0]
        self.at += len(token)
        if self.at == len(self.text):
            raise Broken("truncated")
        if not NUMBER.fullmatch(token):
            raise Broken("syntax")
        return token

    def word(self):
        match = WORD.match(self.text, self.at)
        token = match[0] if match else ""
        self.at += len(token)
        if token in WORDS:
            return WORDS[token]
        if token in FOREIGN:
            self.repairs.add("constants")
            return FOREIGN[token]
        known = [*WORDS, *FOREIGN]
        if token and self.at == len(self.text) and any(w.startswith(token) for w in known):
            raise Broken("truncated")
        raise Broken("syntax")


def shown(text):
    out = [SHOWN.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in text]
    return '"' + "".join(out) + '"'


def repair(line):
    text = line.removeprefix("\ufeff")
    reader = Reader(text.strip(" \t\r"))
    if text != line:
        reader.repairs.add("bom")
    if not reader.text:
        raise Broken("empty")
    if reader.text[0] != "{":
        raise Broken("not-object")
    found = reader.mapping()
    if reader.skip():
        raise Broken("extra")
    return found, reader.repairs


def main():
    lines = sys.stdin.buffer.read().decode("utf-8").split("\n")
    counts = {"OK": 0, "FIXED": 0, "BAD": 0}
    for line in lines[1 : int(lines[0]) + 1]:
        try:
            found, repairs = repair(line)
        except Broken as problem:
            counts["BAD"] += 1
            print("BAD", problem)
            continue
        if repairs:
            counts["FIXED"] += 1
            print("FIXED", ",".join(sorted(repairs)), found)
        else:
            counts["OK"] += 1
            print("OK", found)
    print(*counts.values())


sys.stdout.reconfigure(encoding="utf-8")
main()

"""Gives spans in the text without its spaces."""

import sys


def spans_of(tags, scheme, at):
    """Spans over places of the text, and how many neighbours did not fit together."""
    spans, repairs = [], 0
    start = kind = None

    def close(before):
        nonlocal start, kind
        if start is not None:
            spans.append((start, before + 1, kind))
        start = kind = None

    for i, tag in enumerate(tags):
        mark, _, own = tag.partition("-")
        goes_on = start is not None and kind == own
        if scheme == "BIO":
            if mark == "I" and goes_on:
                continue
            repairs += mark == "I"
            close(i - 1)
            if mark in "BI":
                start, kind = i, own
            continue
        if mark in "ME" and goes_on:
            if mark == "E":
                close(i)
            continue
        repairs += start is not None or mark in "ME"
        close(i - 1)
        if mark != "O":
            start, kind = i, own
            if mark in "ES":
                close(i)
    if scheme == "BMES":
        repairs += start is not None
    close(len(tags) - 1)
    return spans, repairs


def tags_of(text, spans, scheme, at):
    """Tags of the characters that are no spaces, and how many spans were left out."""
    trimmed, dropped = [], 0
    for start, end, kind in spans:
        while start < end and text[start] == " ":
            start += 1
        while start < end and text[end - 1] == " ":
            end -= 1
        if start < end:
            trimmed.append((start, -end, kind))
        else:
            dropped += 1
    number = {place: i for i, place in enumerate(at)}
    tags, free = ["O"] * len(at), 0
    for start, end, kind in sorted(trimmed):
        if start < free:
            dropped += 1
            continue
        free = -end
        first, last = number[start], number[-end - 1]
        middle = "I" if scheme == "BIO" else "M"
        tags[first : last + 1] = [f"{middle}-{kind}"] * (last - first + 1)
        tags[first] = f"B-{kind}"
        if scheme == "BMES":
            tags[last] = f"E-{kind}" if last > first else f"S-{kind}"
    return tags, dropped


def main():
    lines = sys.stdin.buffer.read().decode("utf-8").split("\n")
    for i in range(int(lines[0])):
        what, scheme = lines[3 * i + 1].split()
        text, given = lines[3 * i + 2], lines[3 * i + 3].split()
        at = [place for place, character in enumerate(text) if character != " "]
        if what == "TAGS":
            spans, repairs = spans_of(given, scheme, at)
            print(repairs, " ".join("%d:%d:%s" % span for span in spans) or "-")
        else:
            spans = [span.split(":") for span in given if span != "-"]
            found = [(int(start), int(end), kind) for start, end, kind in spans]
            tags, dropped = tags_of(text, found, scheme, at)
            print(dropped, *tags)


main()

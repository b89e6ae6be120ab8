"""Whose file is it? Pure rules over names and contacts; a doubt is never decided here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

_NEAR = 2  # wrong characters that recognition of a picture makes in a number
_APART = re.compile(r"[\s·•.\-_,，、]+")


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person can be known: name, e-mail, phone in E.164; empty where not known."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Somebody who may be the same person: their place in the list of the known, and why."""

    index: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Whose file it is: the place in the list of the known (None: somebody new), and doubts."""

    index: int | None
    doubts: tuple[Doubt, ...] = ()


def name_key(name: str) -> str:
    """A name as it is compared: without spaces, dots, case and width."""
    return _APART.sub("", unicodedata.normalize("NFKC", name)).casefold()


def match(contact: Contact, known: Sequence[Contact]) -> Match:
    """Compares one contact with those known.

    The same person for certain: a shared phone or e-mail, and nothing that speaks against it (the
    names agree or one is missing, and the other contact is not a different one unless the names
    are the same). Two such people, or a shared contact under another name, or the same name where
    no contact tells them apart, is a doubt for a person to decide.
    """
    certain: list[int] = []
    doubts: list[Doubt] = []
    for index, other in enumerate(known):
        reasons = _reasons(contact, other)
        if not reasons:
            continue
        if _is_certain(contact, other, reasons):
            certain.append(index)
        else:
            doubts.append(Doubt(index, reasons))
    if len(certain) == 1:
        return Match(certain[0], tuple(doubts))
    doubts += [Doubt(index, _reasons(contact, known[index])) for index in certain]
    return Match(None, tuple(sorted(doubts, key=lambda doubt: doubt.index)))


def _reasons(a: Contact, b: Contact) -> tuple[str, ...]:
    reasons = []
    if a.phone and a.phone == b.phone:
        reasons.append("same_phone")
    if a.email and a.email.casefold() == b.email.casefold():
        reasons.append("same_email")
    same_name = bool(a.name and b.name) and name_key(a.name) == name_key(b.name)
    if same_name and (reasons or not _told_apart(a, b)):
        reasons.append("same_name")
    return tuple(reasons)


def _told_apart(a: Contact, b: Contact) -> bool:
    """Whether both contacts are known of both and clearly differ."""
    return _differs(a.phone, b.phone) and _differs(a.email.casefold(), b.email.casefold())


def _differs(a: str, b: str) -> bool:
    return bool(a and b) and Levenshtein.distance(a, b, score_cutoff=_NEAR) > _NEAR


def _is_certain(a: Contact, b: Contact, reasons: tuple[str, ...]) -> bool:
    shared = {"same_phone", "same_email"} & set(reasons)
    if not shared:
        return False
    if "same_name" in reasons:
        return True
    if a.name and b.name:
        return False
    return not (
        (a.phone and b.phone and a.phone != b.phone)
        or (a.email and b.email and a.email.casefold() != b.email.casefold())
    )

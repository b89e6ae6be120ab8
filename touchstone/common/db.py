"""What every stored thing shares. Imported by domain packages only, never by engines."""

from __future__ import annotations

import secrets

from django.db import models

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
REF_LENGTH = 14


def new_ref() -> str:
    """A name for URLs: 14 characters of 31, about 69 bits, not guessable, easy to read aloud."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REF_LENGTH))


class Referenced(models.Model):
    """A row that people reach by URL: through `ref`, never through its number."""

    ref = models.CharField(max_length=32, unique=True, default=new_ref, editable=False)

    class Meta:
        abstract = True


class Versioned(models.Model):
    """A row that two people may edit: every change is a compare-and-swap on `version`."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

"""Messages to people: an id with arguments inside, words in both languages at the edge.

Engines return `Message`; pages, mails and the command line call `render`. The catalogue is
`touchstone/content/messages/*.yaml`, one file an area: ``area.name: {zh: …, en: …}`` with
``{argument}`` placeholders. An argument that is itself a `Message` is rendered first.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

Lang = Literal["zh", "en"]
CATALOGUE = Path(__file__).resolve().parent.parent / "content" / "messages"


@dataclass(frozen=True, slots=True)
class Message:
    """What to say, without the words: ``id`` is ``area.name``, ``args`` fill its placeholders."""

    id: str
    args: Mapping[str, Any] = field(default_factory=dict)


def say(id: str, /, **args: Any) -> Message:  # noqa: A002 - reads as the message's id
    """Shorthand for `Message(id, args)`."""
    return Message(id, args)


@functools.cache
def _area(area: str) -> dict[str, dict[str, str]]:
    path = CATALOGUE / f"{area}.yaml"
    with path.open("rb") as file:
        loaded: dict[str, dict[str, str]] = yaml.load(
            file,
            Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506 - safe loaders
        )
    return loaded


def _argument(value: Any, lang: Lang) -> Any:
    if isinstance(value, Message):
        return render(value, lang)
    if isinstance(value, Bilingual):
        return value.text(lang)
    return value


def render(message: Message, lang: Lang = "zh") -> str:
    """The sentence in ``lang``.

    Raises:
        KeyError: the catalogue has no such id, or an argument is missing (a bug, caught by tests).
    """
    area = message.id.split(".", 1)[0]
    template = _area(area)[message.id][lang]
    return template.format_map({k: _argument(v, lang) for k, v in message.args.items()})


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The same words in both languages, side by side, so that neither can be forgotten."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        return self.en if lang.startswith("en") else self.zh

    def format(self, **args: Any) -> Bilingual:
        return Bilingual(self.zh.format(**args), self.en.format(**args))

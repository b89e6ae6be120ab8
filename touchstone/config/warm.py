"""What a web process makes ready before it answers, so that nobody's first page waits for it."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import URLResolver, get_resolver

import touchstone.jobs
from touchstone.engine.text.taxonomy import taxonomy

ROOT = Path(touchstone.__file__).parent


def warm_up() -> None:
    """Loads every page's code and templates, the tasks that pages hand on, and the concepts."""
    resolver = get_resolver()
    _resolve(resolver)
    assert resolver.reverse_dict  # reading it is what fills it
    for module in pkgutil.iter_modules(touchstone.jobs.__path__):
        if module.name != "migrations":
            importlib.import_module(f"touchstone.jobs.{module.name}")
    templates_load()
    taxonomy().matcher.find("")


def templates_load() -> int:
    """Compiles the product's templates where the engine keeps them; returns how many."""
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    names = {
        path.relative_to(folder).as_posix()
        for folder in map(Path, engine.template_dirs)
        if folder.is_relative_to(ROOT)
        for path in folder.rglob("*.html")
    }
    for name in names:
        engine.get_template(name)
    return len(names)


def _resolve(resolver: URLResolver) -> None:
    """Imports what the addresses lead to."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            _resolve(pattern)

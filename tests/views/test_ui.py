"""The frame, the page of components, language and theme, colours, what the policy forbids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.company import Company
from tests.conftest import ROOT

ClientOf = Callable[[str], Client]
STYLES = ROOT / "touchstone" / "ui" / "static" / "ui"
TEMPLATES = sorted((ROOT / "touchstone").glob("*/templates/**/*.html"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_of_components(db: None, client: Client, language: str) -> None:
    client.cookies["touchstone_language"] = language
    response = client.get("/ui/components/")
    page = response.content.decode()
    assert response.status_code == 200
    assert ("Components" in page) == (language == "en")
    assert ("组件" in page) == (language != "en")


def test_language_and_theme_are_kept(db: None, client: Client) -> None:
    response = client.post("/ui/language/", {"language": "en", "next": "/ui/components/"})
    assert response["Location"] == "/ui/components/"
    assert "Components" in client.get("/ui/components/").content.decode()
    client.post("/ui/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/ui/components/").content.decode()


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_switches_return_to_this_host_only(db: None, client: Client, target: str) -> None:
    response = client.post("/ui/language/", {"language": "en", "next": target})
    assert response["Location"] == "/"


def test_headers_of_every_page(company: Company, client_of: ClientOf) -> None:
    response = client_of("administrator").get("/people/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store"
    assert re.fullmatch(r"[0-9a-f]{12}", response["X-Request-Id"])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "touchstone")))
def test_templates_keep_to_the_policy(path: Path) -> None:
    """No inline style, script or handler, nothing from another host."""
    source = path.read_text("utf-8")
    assert not re.search(r"\sstyle=", source)
    assert not re.search(r"<style", source)
    assert not re.search(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", source)
    assert not re.search(
        r"\son(?:click|load|error|change|input|submit|focus|blur|key\w+|mouse\w+)=", source
    )
    assert not re.search(r"(src|href)=\"(https?:)?//", source)


# -- colours


def themes() -> dict[str, dict[str, str]]:
    """Names and values of the colours in each theme."""
    text = (STYLES / "tokens.css").read_text("utf-8")
    found: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for block in re.finditer(r"([^{}]+)\{([^{}]*)\}", text):
        theme = "dark" if "dark" in block[1] else "light"
        for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", block[2]):
            found[theme].setdefault(name, value)
    found["dark"] = {**found["light"], **found["dark"]}
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it; #ffffff is 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pairs() -> Iterator[tuple[str, str, str, float]]:
    grounds = ("paper", "surface", "raised", "sunken")
    for theme in ("light", "dark"):
        for ground in grounds:
            for text in ("ink", "ink-2", "ink-3", "action", "ok", "warn", "bad"):
                yield theme, text, ground, 4.5
            for edge in ("line-ctl", "gold"):
                yield theme, edge, ground, 3.0
        yield theme, "on-action", "action", 4.5
        yield theme, "stone-ink", "stone", 4.5
        yield theme, "stone-ink-2", "stone", 4.5
        yield theme, "stone-gold", "stone", 3.0


@pytest.mark.parametrize(("theme", "front", "ground", "least"), list(pairs()))
def test_contrast(theme: str, front: str, ground: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[front], colours[ground]) >= least

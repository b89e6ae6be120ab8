"""Photographs pages at several widths and in both themes, and says what is wrong with them.

    python tests/browser/shoot.py http://127.0.0.1:8000/ui/components/ --out build/shots

Each page becomes one PNG per width and theme. Printed for each: whether it scrolls sideways, what
the browser complained about (a blocked inline style, a missing file), and controls without a name.
Exit status 1 when there was any complaint.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
NAMELESS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility?.() !== false)
  .filter(e => !(e.innerText?.trim() || e.textContent?.trim() || e.getAttribute('aria-label')
    || e.getAttribute('aria-labelledby') || e.title || e.labels?.length))
  .map(e => e.outerHTML.slice(0, 90))"""
OVERHANG = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@dataclass
class Shoot:
    """What to photograph and how."""

    out: Path
    widths: list[int]
    themes: list[str]
    language: str = "zh-hans"
    person: str = ""
    full_page: bool = True
    complaints: list[str] = field(default_factory=list)

    def page(self, browser: Browser, base: str, width: int, theme: str) -> Page:
        """A fresh browser page, signed in where a demo person was named."""
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 640 else 780},
            color_scheme="dark" if theme == "dark" else "light",
            device_scale_factor=1,
            reduced_motion="reduce",
        )
        if base.startswith("http"):
            context.add_cookies(
                [{"name": "touchstone_language", "value": self.language, "url": base}]
            )
        page = context.new_page()
        if self.person:
            page.goto(urljoin(base, "/sign-in/"))
            page.locator("tr", has_text=self.person).get_by_role("button").click()
            page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    def take(self, browser: Browser, url: str) -> None:
        """All photographs of one address."""
        for width in self.widths:
            for theme in self.themes:
                page = self.page(browser, url, width, theme)
                said: list[str] = []
                page.on("console", _listener(said))
                page.on("pageerror", _error_listener(said))
                response = page.goto(url, wait_until="load")
                page.wait_for_timeout(300)
                path = self.out / f"{file_name(url)}-{width}-{theme}.png"
                page.screenshot(path=path, full_page=self.full_page)
                overhang = page.evaluate(OVERHANG)
                if overhang > 0:
                    said.append(f"scrolls sideways by {overhang} px")
                said.extend(f"no name: {html}" for html in page.evaluate(NAMELESS))
                status = response.status if response else "-"
                print(f"{status} {width} {theme} {path}")
                for line in said:
                    print(f"    {line}")
                    self.complaints.append(f"{url} {width} {theme}: {line}")
                page.context.close()


def _listener(said: list[str]) -> Callable[[ConsoleMessage], None]:
    def keep(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    return keep


def _error_listener(said: list[str]) -> Callable[[Exception], None]:
    def keep(error: Exception) -> None:
        said.append(str(error))

    return keep


def file_name(url: str) -> str:
    """A file's name from an address: its path and query, letters and digits only."""
    parts = urlsplit(url)
    name = parts.path if parts.scheme != "file" else Path(parts.path).stem
    words = re.sub(r"[^\w]+", "-", f"{name}-{parts.query}").strip("-")
    return words[:80] or "start"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--out", type=Path, default=Path("build/shots"))
    parser.add_argument("--widths", default="1440,360")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])
    parser.add_argument("--person", default="", help="sign in as this demo person")
    parser.add_argument("--fold", action="store_true", help="only the first screen")
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    shoot = Shoot(
        out=args.out,
        widths=[int(width) for width in args.widths.split(",")],
        themes=args.themes.split(","),
        language=args.language,
        person=args.person,
        full_page=not args.fold,
    )
    chromium = os.environ.get("TOUCHSTONE_CHROMIUM", CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for url in args.urls:
            shoot.take(browser, url)
        browser.close()
    return 1 if shoot.complaints else 0


if __name__ == "__main__":
    sys.exit(main())

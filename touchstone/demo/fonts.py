"""Fonts of this machine that can write Chinese or Latin text."""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

_CJK = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Regular.otf",
)
# reportlab embeds TrueType outlines only, so the OpenType fonts above are no use to it.
_CJK_TRUETYPE = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)
_LATIN_TRUETYPE = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
)


def _first(paths: tuple[str, ...]) -> Path | None:
    return next((Path(path) for path in paths if Path(path).is_file()), None)


@functools.cache
def cjk_font() -> Path | None:
    """A font with Chinese characters that Pillow can draw with, asking fontconfig at the last."""
    return _first(_CJK) or cjk_truetype_font() or _asked()


@functools.cache
def cjk_truetype_font() -> Path | None:
    """A Chinese font with TrueType outlines, to be embedded in PDF."""
    return _first(_CJK_TRUETYPE)


@functools.cache
def latin_truetype_font() -> Path | None:
    """A Latin font with TrueType outlines."""
    return _first(_LATIN_TRUETYPE)


def _asked() -> Path | None:
    if not shutil.which("fc-list"):
        return None
    asked = subprocess.run(
        ["fc-list", ":lang=zh-cn", "file"], capture_output=True, text=True, check=False, timeout=10
    )
    found = sorted(line.strip().rstrip(":") for line in asked.stdout.splitlines() if line.strip())
    return Path(found[0]) if found else None

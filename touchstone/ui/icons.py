"""Line drawings on a 24 grid, 1.5 stroke, round joins. Drawn in `icons.svg`, one symbol each."""

from __future__ import annotations

import re
from pathlib import Path

SPRITE = Path(__file__).with_name("icons.svg")
ICONS: dict[str, str] = dict(
    re.findall(r'<symbol id="([a-z]+)">(.+?)</symbol>', SPRITE.read_text(encoding="utf-8"))
)

from __future__ import annotations

import re
from pathlib import Path

import yaml

from touchstone.common.messages import CATALOGUE

ROOT = Path(__file__).resolve().parents[3] / "touchstone"
USED = re.compile(r'"(judging\.[a-z_]+)"')


def test_every_message_has_words_in_both_languages() -> None:
    words = yaml.safe_load((CATALOGUE / "judging.yaml").read_text("utf-8"))
    sources = [
        *(ROOT / "engine/judging").glob("*.py"),
        *(ROOT / "integrations/sandbox").glob("*.py"),
        ROOT / "cli/judge_command.py",
    ]
    used = {name for path in sources for name in USED.findall(path.read_text("utf-8"))}
    assert len(used) > 30
    assert used <= set(words)
    for name, text in words.items():
        assert set(text) == {"zh", "en"}, name
        fields = [set(re.findall(r"\{(\w+)\}", text[lang])) for lang in ("zh", "en")]
        assert fields[0] == fields[1], name

"""`touchstone doctor` says what is broken and how to mend it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

from tests.conftest import CommandLine
from touchstone.common.messages import CATALOGUE, render, say


def checks(line: CommandLine, **extra: str) -> dict[str, dict[str, Any]]:
    done = line("doctor", "--json", "--lang", "en", extra=extra)
    report = json.loads(done.stdout)
    found = {row["name"]: row for row in report["checks"]}
    broken = any(row["state"] == "bad" for row in found.values())
    assert report["ok"] is not broken
    assert done.returncode == int(broken)
    return found


def test_all_parts_are_tried(site: CommandLine) -> None:
    found = checks(site)
    assert found["data_dir"]["state"] == "ok"
    assert found["database"]["state"] == "ok"
    assert "3 applications" in found["database"]["messages"][0]
    assert found["storage"]["state"] == "ok"
    assert found["mail"]["state"] == "off"
    assert found["wecom"]["state"] == "off"
    assert found["configuration"]["state"] == "warn"
    assert set(found) >= {"sandbox", "fonts", "ocr", "front_end", "meeting", "llm", "workers"}


def test_an_empty_installation(touchstone: CommandLine) -> None:
    found = checks(touchstone)
    assert found["database"]["state"] == "warn"
    assert "is empty" in found["database"]["messages"][0]


def test_a_lost_file_is_found(site: CommandLine) -> None:
    next(path for path in (site.data_dir / "files").rglob("*") if path.is_file()).unlink()
    found = checks(site)
    assert found["storage"]["state"] == "bad"
    assert "1 of 3" in found["storage"]["messages"][0]


def test_a_secret_that_others_can_read(site: CommandLine) -> None:
    secret = site.data_dir / "secret-key"
    secret.chmod(secret.stat().st_mode | stat.S_IRGRP)
    assert "chmod 600" in checks(site)["data_dir"]["messages"][0]


def test_a_server_that_does_not_answer(touchstone: CommandLine) -> None:
    found = checks(
        touchstone,
        TOUCHSTONE_SMTP_HOST="127.0.0.1",
        TOUCHSTONE_SMTP_PORT="1",
        TOUCHSTONE_WECOM_CORP_ID="ww1",
        TOUCHSTONE_WECOM_AGENT_ID="1000002",
        TOUCHSTONE_WECOM_SECRET="secret",
        WECOM_API_BASE="http://127.0.0.1:1/cgi-bin/",
        TOUCHSTONE_LLM_BASE="http://127.0.0.1:1/v1",
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing",
    )
    for name in ("mail", "wecom", "llm", "database"):
        assert found[name]["state"] == "bad", name
        assert "Traceback" not in "".join(found[name]["messages"])


def test_a_broken_env_file(touchstone: CommandLine, tmp_path: Path) -> None:
    broken = tmp_path / "env"
    broken.write_text("TOUCHSTONE_DEBUG=1\nthis is no setting\n")
    done = touchstone("doctor", extra={"TOUCHSTONE_ENV_FILE": str(broken)})
    assert done.returncode == 1
    assert "line 2" in done.stdout
    assert done.stderr == ""


def test_words_in_chinese(touchstone: CommandLine) -> None:
    done = touchstone("doctor", "--lang", "zh")
    assert "数据目录" in done.stdout
    assert "没有设置 TOUCHSTONE_SMTP_HOST" in done.stdout


def test_a_directory_that_cannot_be_written(touchstone: CommandLine) -> None:
    touchstone.data_dir.write_text("a file stands where the directory should be")
    done = touchstone("doctor")
    assert done.returncode == 1
    assert "cannot be written" in done.stdout
    assert "Traceback" not in done.stderr


def test_every_check_has_a_name_in_both_languages() -> None:
    from touchstone.cli.diagnoses import CHECKS

    assert (CATALOGUE / "doctor.yaml").exists()
    for check in CHECKS:
        title = say(f"doctor.{check.__name__}")
        assert render(title, "zh") != render(title, "en")

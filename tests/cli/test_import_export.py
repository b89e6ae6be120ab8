"""`touchstone import` and `export`, as an administrator of the machine uses them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, CommandLine


def ask(line: CommandLine, code: str) -> str:
    """What a few lines of Python say inside the installation."""
    start = "from touchstone.cli.site import start_django\nstart_django()\n"
    done = subprocess.run(
        [sys.executable, "-c", start + code],
        cwd=ROOT,
        env=line.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


@pytest.fixture
def position_ref(site: CommandLine) -> str:
    return ask(
        site,
        "from touchstone.positions.models import Position\nprint(Position.objects.get().ref)",
    )


def rows_of(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_list_of_candidates(site: CommandLine, position_ref: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "姓名,邮箱,手机\n林知夏,lin@example.com,13800000009\n"
        "陆遥,lu.yao@example.com,\n没有地址,不是邮箱,\n,nobody@example.com,\n",
        "gb18030",
    )
    command = ("import", "candidates", str(file), "--position", position_ref, "--person")
    done = site(*command, "recruiter")
    row = rows_of(done)[0]
    assert done.returncode == 0, done.stderr
    assert (row["opened"], row["known"], row["status"]) == (1, 1, "partial")
    assert [problem["row"] for problem in row["problems"]] == [4, 5]
    again = rows_of(site(*command, "recruiter"))[0]
    assert (again["opened"], again["known"]) == (0, 2)
    phone = ask(
        site,
        "from touchstone.recruiting.models import Candidate\n"
        "print(Candidate.objects.get(name='林知夏').phone)",
    )
    assert phone == "+8613800000009"
    refused = site(*command, "algorithm_lead")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


def test_resumes_are_stored_and_read(site: CommandLine, position_ref: str, tmp_path: Path) -> None:
    folder = tmp_path / "resumes"
    folder.mkdir()
    (folder / "a.txt").write_text("沈昱\n手机 13900000001\n技能：数据标注、Python\n" * 3, "utf-8")
    (folder / "b.txt").write_bytes(b"")
    done = site(
        *("import", "candidates", str(folder), "--position", position_ref),
        *("--person", "recruiter", "--wait"),
    )
    assert done.returncode == 0, done.stderr
    statuses = ask(
        site,
        "from touchstone.recruiting.models import Resume\n"
        "print(*sorted(Resume.objects.exclude(file=None).values_list('status', flat=True)))",
    )
    assert statuses.split()[0] == "failed"
    assert len(statuses.split()) == 2


def test_hiring_history(site: CommandLine, position_ref: str, tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    file.write_text(
        "编号,轮次,录用,技术能力,业务理解\n1,2025 春,是,8,7\n2,2025 春,否,5,6\n", "utf-8"
    )
    done = site(
        *("import", "history", str(file), "--position", position_ref, "--person", "recruiter")
    )
    assert done.returncode == 0, done.stderr
    assert rows_of(done)[0]["rows"] == 2


def test_a_file_that_is_none(site: CommandLine, position_ref: str, tmp_path: Path) -> None:
    missing = tmp_path / "nothing.csv"
    done = site(
        *("import", "history", str(missing), "--position", position_ref, "--person", "recruiter")
    )
    assert done.returncode == 1
    assert rows_of(done)[0]["status"] == "error"


def test_applications_go_out_and_that_is_recorded(
    site: CommandLine, position_ref: str, tmp_path: Path
) -> None:
    file = tmp_path / "out.csv"
    command = ("export", "applications", "--position", position_ref, "--reason", "yearly count")
    done = site(*command, "--person", "recruiter", "-o", str(file))
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["陆遥", "沈一鸣", "Anna Keller"]
    assert rows[0]["phone"].endswith("13800000001")
    last = ask(
        site,
        "from touchstone.audit.models import AuditEvent\n"
        "e = AuditEvent.objects.order_by('-seq')[0]\nprint(e.action, e.detail['reason'])",
    )
    assert last == "applications.exported yearly count"
    assert site(*command, "--person", "recruiter", "-o", str(file)).returncode == 1
    foreign = site(*command, "--person", "other_recruiter")
    assert foreign.returncode == 1
    assert foreign.stdout == ""


def test_the_audit_log_goes_out_to_auditors(site: CommandLine) -> None:
    command = ("export", "audit", "--reason", "inspection", "--person")
    done = site(*command, "auditor")
    assert done.returncode == 0
    assert "application.opened" in done.stdout
    assert site(*command, "recruiter").returncode == 1


def test_tokens_from_the_shell(site: CommandLine) -> None:
    make = ("token", "create", "--name", "HR", "--scope", "positions:read", "--person")
    made = site(*make, "recruiter")
    assert made.stdout.startswith("ts_")
    listed = rows_of(site("token", "list"))
    assert listed[0]["person"] == "recruiter"
    assert site("token", "revoke", "--token", listed[0]["token"]).returncode == 0
    assert rows_of(site("token", "list"))[0]["state"] == "ended"
    assert site(*make, "nobody").returncode == 1

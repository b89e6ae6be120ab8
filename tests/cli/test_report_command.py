"""`touchstone report verify` on a database with issued reports."""

from __future__ import annotations

import argparse
import datetime as dt
import json

import pytest

from tests.company import Company
from tests.evaluated import build_round
from touchstone.cli import report_command
from touchstone.evaluation.models import Report
from touchstone.evaluation.services.reports import reports_issue
from touchstone.positions.models import Position


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    report_command.configure(parser)
    return report_command.run(parser.parse_args(["verify", *words, "--quiet"]))


def test_every_report_is_recomputed_and_a_changed_one_named(
    company: Company,
    position: Position,
    now: dt.datetime,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build_round(company, position, now - dt.timedelta(days=6), count=6)
    reports = reports_issue(actor=company.actor("recruiter"), position=position, at=now)
    assert run() == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["status"] for line in lines] == ["ok"] * 6
    ref = reports[2].application.ref
    facts = reports[2].facts
    facts["scores"]["fair"] = 99.0
    Report.objects.filter(pk=reports[2].pk).update(facts=facts)
    assert run("--lang", "en") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    wrong = [line for line in lines if line["status"] == "error"]
    assert [line["application"] for line in wrong] == [ref]
    assert wrong[0]["reason"] == "seal_broken"
    assert run(reports[0].application.ref) == 0

"""Runs the demo's round from the founding of the company to three months after hiring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from touchstone.common.background import held_back
from touchstone.demo.company import generate_company
from touchstone.demo.run.after import answer_requests, decide, hire, look_back, write_reports
from touchstone.demo.run.assessing import (
    grade_assessments,
    invite_to_assessment,
    sit_assessments,
)
from touchstone.demo.run.before import bring_in_resumes, learn_from_history, look_through
from touchstone.demo.run.founding import found_company, open_position
from touchstone.demo.run.meeting import hold_interviews, plan_interviews
from touchstone.demo.run.posting import deliver_messages
from touchstone.demo.run.present import run_present_round
from touchstone.demo.run.stage import Calendar, Progress, Scene
from touchstone.insights.round_table import RoundTable, round_table

SEED = 20260101
# The round opens so long ago that hires can be three months in their work.
OPENED_DAYS_AGO = 140

PARTS: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("Founding the company", found_company),
    ("Opening the position", open_position),
    ("Learning the competency model from two past rounds", learn_from_history),
    ("Reading and screening resumes", bring_in_resumes),
    ("Looking through the shortlist", look_through),
    ("Inviting to the assessment", invite_to_assessment),
    ("Candidates sit the assessment", sit_assessments),
    ("Judging programs and grading answers", grade_assessments),
    ("Planning the interviews", plan_interviews),
    ("Holding the interviews", hold_interviews),
    ("Calibrating and writing reports", write_reports),
    ("Deciding", decide),
    ("Hiring", hire),
    ("Looking back after one and three months", look_back),
    ("Answering requests", answer_requests),
    ("Opening a second round that is under way today", run_present_round),
    ("Delivering messages", deliver_messages),
)


def opening_day(today: dt.date) -> dt.date:
    """The Monday on which the demo's round opened, seen from ``today``."""
    day = today - dt.timedelta(days=OPENED_DAYS_AGO)
    return day - dt.timedelta(days=day.weekday())


def play_round(
    *, folder: Path, opens: dt.date, applicants: int, seed: int, progress: Progress
) -> RoundTable:
    """Runs the whole round and returns its table; every row is written by the usual services.

    Args:
        folder: for the files that are made; left there to be looked at.
        opens: the Monday on which the round opens.
        applicants: how many apply, duplicates among them.
    """
    company = generate_company(seed, applicants=applicants, as_of=opens)
    scene = Scene(company, Calendar(opens), folder, progress)
    with held_back():
        for text, part in PARTS:
            progress.step(text)
            with transaction.atomic():
                part(scene)
    progress.done()
    return round_table(scene.position)

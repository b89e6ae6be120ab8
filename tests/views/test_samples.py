"""Calibration exercises: scored alone, seen together, nobody's result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.company import Company
from touchstone.common.actors import Actor
from touchstone.common.errors import Conflict, InvalidInput, NotAllowed
from touchstone.evaluation.models import CalibrationSample, IndicatorScore, SampleSheet
from touchstone.evaluation.samples import compared
from touchstone.evaluation.services.samples import sample_close, sample_create, sheet_save
from touchstone.positions.models import Position

ClientOf = Callable[[str], Client]
NAMES = ("tech.data", "biz.scenario")


@pytest.fixture
def sample(company: Company, position: Position, now: dt.datetime) -> CalibrationSample:
    return sample_create(
        actor=company.actor("recruiter"),
        position=position,
        title="冷启动的回答",
        question="新品怎么办？",
        text="先用相似品的点击率顶一周，再看真实数据。",
        indicators=NAMES,
        at=now,
    )


def score(
    who: Actor, sample: CalibrationSample, at: dt.datetime, *values: str, submit: bool = True
) -> SampleSheet:
    sheet = SampleSheet.objects.filter(sample=sample, person_id=who.person_id or 0).first()
    return sheet_save(
        actor=who,
        sample=sample,
        scores={n: {"score": v, "comment": f"因为{v}"} for n, v in zip(NAMES, values, strict=True)},
        version=sheet.version if sheet else 0,
        at=at,
        submit=submit,
    )


def test_others_scores_open_with_ones_own(
    company: Company, sample: CalibrationSample, client_of: ClientOf, now: dt.datetime
) -> None:
    score(company.actor("algorithm_lead"), sample, now, "4", "6")
    page = client_of("business_lead").get(reverse("calibration-sample", args=[sample.ref]))
    assert page.status_code == 200
    assert "因为4" not in page.content.decode()
    assert compared(company.business_lead, sample) is None
    score(company.actor("business_lead"), sample, now, "8", "6.5")
    seen = compared(company.business_lead, sample)
    assert seen is not None
    assert [s.indicator.id for s in seen.spreads] == ["tech.data", "biz.scenario"]
    assert (seen.spreads[0].mean, seen.spreads[0].apart, seen.spreads[0].far) == (6.0, 4.0, True)
    assert seen.own_lean == pytest.approx(7.25 - 5.0)
    page = client_of("business_lead").get(reverse("calibration-sample", args=[sample.ref]))
    assert "因为4" in page.content.decode()


def test_no_candidate_is_scored_by_it(
    company: Company, sample: CalibrationSample, now: dt.datetime
) -> None:
    score(company.actor("algorithm_lead"), sample, now, "4", "6")
    assert not IndicatorScore.objects.exists()


def test_what_is_typed_is_kept_and_missing_scores_are_named(
    company: Company, sample: CalibrationSample, client_of: ClientOf
) -> None:
    client = client_of("algorithm_lead")
    url = reverse("calibration-sample", args=[sample.ref])
    typed = {"version": "0", "score_tech.data": "7.5", "comment_tech.data": "说到了相似品"}
    saved = client.post(url, typed, headers={"accept": "application/json"})
    assert saved.json()["version"] == 1
    refused = client.post(f"{url}?submit=1", {**typed, "version": "1"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "还差 1 项" in page
    assert 'value="7.5"' in page
    assert "说到了相似品" in page
    done = client.post(f"{url}?submit=1", {**typed, "version": "2", "score_biz.scenario": "3"})
    assert done.status_code == 302
    assert SampleSheet.objects.get().submitted_at


def test_two_windows_and_a_second_submission(
    company: Company, sample: CalibrationSample, now: dt.datetime
) -> None:
    who = company.actor("algorithm_lead")
    score(who, sample, now, "4", "6", submit=False)
    with pytest.raises(Conflict):
        sheet_save(actor=who, sample=sample, scores={}, version=0, at=now)
    with pytest.raises(InvalidInput):
        score(who, sample, now, "4.3", "6")
    score(who, sample, now, "5", "6")
    with pytest.raises(NotAllowed):
        score(who, sample, now, "9", "9")
    sample_close(actor=company.actor("recruiter"), sample=sample, at=now)
    sample.refresh_from_db()
    with pytest.raises(NotAllowed):
        score(company.actor("business_lead"), sample, now, "9", "9")


def test_setting_one_is_the_recruiters_and_keeps_what_was_typed(
    company: Company, position: Position, client_of: ClientOf
) -> None:
    url = reverse("calibration-samples", args=[position.ref])
    fields = {"title": "一份", "text": "我会先看数据。", "indicator": ["tech.data"]}
    assert client_of("algorithm_lead").post(url, fields).status_code == 403
    refused = client_of("recruiter").post(url, {**fields, "indicator": []})
    assert refused.status_code == 422
    assert "我会先看数据。" in refused.content.decode()
    assert client_of("recruiter").post(url, fields).status_code == 302
    assert "一份" in client_of("algorithm_lead").get(reverse("today")).content.decode()


def test_other_branches_do_not_see_it(sample: CalibrationSample, client_of: ClientOf) -> None:
    url = reverse("calibration-sample", args=[sample.ref])
    assert client_of("stranger").get(url).status_code == 404
    assert client_of("stranger").post(url, {"version": "0"}).status_code == 404
    assert client_of("auditor").post(url, {"version": "0"}).status_code in {403, 404}


def test_the_list_asks_a_fixed_number_of_queries(
    company: Company,
    position: Position,
    sample: CalibrationSample,
    client_of: ClientOf,
    now: dt.datetime,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(6):
        other = sample_create(
            actor=company.actor("recruiter"),
            position=position,
            title=f"第 {number} 份",
            question="",
            text="回答",
            indicators=NAMES[:1],
            at=now,
        )
        assert other.pk
    client = client_of("algorithm_lead")
    with django_assert_max_num_queries(14):
        assert client.get(reverse("calibration-samples", args=[position.ref])).status_code == 200

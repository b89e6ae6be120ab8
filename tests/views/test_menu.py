"""Nobody is shown a way to a page that is closed to them."""

from __future__ import annotations

import re

import pytest

from tests.company import Company
from tests.conftest import sign_in
from touchstone.interviews.models import Interview
from touchstone.positions.models import Position

BAND = re.compile(r'<header class="band">.*?</header>', re.DOTALL)
LINK = re.compile(r'<a[^>]* href="(/[^"]*)"')


def links_in_band(page: str) -> set[str]:
    band = BAND.search(page)
    assert band is not None
    return set(LINK.findall(band.group()))


@pytest.mark.parametrize(
    "who", ["administrator", "recruiter", "hiring_manager", "algorithm_lead", "auditor"]
)
def test_every_link_of_the_band_opens(company: Company, position: Position, who: str) -> None:
    browser = sign_in(company.people[who])
    links = links_in_band(browser.get("/").content.decode())
    assert {"/", "/positions/"} <= links
    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_interviewers_see_the_stops_they_may_open(
    company: Company, position: Position, interview: Interview
) -> None:
    browser = sign_in(company.algorithm_lead)
    links = links_in_band(browser.get(f"/interviews/{interview.ref}/").content.decode())
    assert f"/positions/{position.ref}/interviews/" in links
    assert f"/positions/{position.ref}/screening/" not in links
    assert {browser.get(link).status_code for link in links} == {200}
    recruiter = sign_in(company.recruiter)
    everything = links_in_band(recruiter.get(f"/positions/{position.ref}/").content.decode())
    assert f"/positions/{position.ref}/screening/" in everything


def test_the_palette_offers_only_pages_that_open(company: Company, position: Position) -> None:
    offered = {}
    for who in ("administrator", "recruiter", "algorithm_lead", "auditor"):
        browser = sign_in(company.people[who])
        rows = browser.get("/palette/", {"q": ""}).json()
        offered[who] = {row["label"] for row in rows}
        assert {browser.get(row["url"]).status_code for row in rows} == {200}
    assert "概念库" in offered["recruiter"]
    assert "概念库" not in offered["algorithm_lead"]
    assert "后台任务" not in offered["algorithm_lead"]

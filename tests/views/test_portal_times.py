"""A candidate chooses an interview's time from those offered."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.company import Company
from tests.views.test_portal import HOME, new_path, opened
from touchstone.common.clock import utc_now
from touchstone.interviews.models import Interview, OfferedSlot
from touchstone.interviews.services.slots import SlotWish, slots_offer
from touchstone.recruiting.models import Application

pytestmark = pytest.mark.django_db


def test_a_time_just_chosen_stands_on_the_page_before_its_link_is_made(
    company: Company, application: Application
) -> None:
    now = utc_now()
    Application.objects.update(stage="assessed")
    application.refresh_from_db()
    tomorrow = now.replace(hour=4, minute=0, second=0, microsecond=0) + dt.timedelta(days=2)
    slots_offer(
        actor=company.actor("recruiter"),
        application=application,
        slots=[
            SlotWish(tomorrow + dt.timedelta(hours=h), tomorrow + dt.timedelta(hours=h + 1), seats)
            for h, seats in ((0, (company.algorithm_lead,)), (2, (company.algorithm_lead,)))
        ],
        at=now,
    )
    client = opened(new_path(company, application, now))
    slot = OfferedSlot.objects.order_by("starts_at").first()
    assert slot is not None
    client.post(reverse("portal-slot", args=[slot.ref]))
    Interview.objects.update(status=Interview.Status.PLANNED)  # the meeting is not made yet
    page = client.get(HOME).content.decode()
    assert "时间定好了" in page
    assert "你说会来" in page
    assert reverse("portal-slot", args=[slot.ref]) not in page
    Interview.objects.update(status=Interview.Status.INVITED, meeting_url="https://example.com/m")
    page = client.get(HOME).content.decode()
    assert "时间定好了" not in page
    assert "https://example.com/m" in page


def test_what_a_recruiter_only_plans_is_not_told_yet(
    company: Company, application: Application
) -> None:
    now = utc_now()
    Interview.objects.create(
        application=application,
        round_no=1,
        starts_at=now + dt.timedelta(days=1),
        ends_at=now + dt.timedelta(days=1, hours=1),
        created_at=now,
    )
    page = opened(new_path(company, application, now)).get(HOME).content.decode()
    assert 'id="interviews"' not in page

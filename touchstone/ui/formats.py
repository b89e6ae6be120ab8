"""How numbers, dates and times are written, everywhere alike."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from touchstone.common.clock import utc_now
from touchstone.ui.bilingual import active_language, choose

Number = float | int | Decimal | None
NONE = "–"


def one(value: Number | str) -> str:
    """A score, weight, percentage or day with one decimal; a dash where there is none."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return NONE
    return f"{float(value):,.1f}".replace("-", "−")


def percent(share: Number) -> str:
    """A share from 0 to 1 as 33.3%."""
    return NONE if share is None else f"{one(100 * float(share))}%"


def rating(value: Number | str) -> str:
    """A 0–10 rating as given: 8, 7.5."""
    return NONE if value is None or value == "" else f"{float(value):g}"


def count(value: int | None) -> str:
    """A count with a comma from 1,000 on."""
    return NONE if value is None else f"{value:,}"


def day(value: dt.date | dt.datetime | str | None) -> str:
    """11 月 22 日 / 22 Nov in the company's time zone, with the year where it is not this one."""
    if not value:
        return NONE
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    local = in_company_zone(value) if isinstance(value, dt.datetime) else value
    same_year = local.year == in_company_zone(utc_now()).year
    if active_language() == "en":
        return f"{local.day} {local:%b}" + ("" if same_year else f" {local.year}")
    year = "" if same_year else f"{local.year} 年 "
    return f"{year}{local.month} 月 {local.day} 日"


def clock(value: dt.datetime | str | None) -> str:
    """The time of day, 24 hours, in the company's time zone."""
    if not value:
        return NONE
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    return f"{in_company_zone(value):%H:%M}"


def moment(value: dt.datetime | str | None) -> str:
    """Day and time of day."""
    return f"{day(value)} {clock(value)}" if value else NONE


def seconds(value: int | None) -> str:
    """31:05 of a meeting's clock; 1:02:03 from an hour on."""
    if value is None:
        return ""
    minutes, rest = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def about(value_s: float | None) -> str:
    """A rough length of time: 约 20 秒, 约 1 分 40 秒, 约 2 小时 5 分."""
    if value_s is None:
        return NONE
    minutes, rest = divmod(round(value_s), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return choose(f"约 {hours} 小时 {minutes} 分", f"about {hours} h {minutes} min")
    if minutes:
        return choose(f"约 {minutes} 分 {rest} 秒", f"about {minutes} min {rest} s")
    return choose(f"约 {rest} 秒", f"about {rest} s")


def in_company_zone(value: dt.datetime) -> dt.datetime:
    """The moment in the company's time zone."""
    return value.astimezone(ZoneInfo(settings.TIME_ZONE))

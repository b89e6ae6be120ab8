"""What each error code of WeCom means for a person, and whether another try makes sense.

The groups are messages of `content/messages/wecom.yaml`; each says what to do.
"""

from __future__ import annotations

from typing import Final

from touchstone.common.errors import OutsideError, PermanentOutsideError, TemporaryOutsideError
from touchstone.common.messages import say

STALE_TOKEN: Final = frozenset({40014, 42001})

GROUPS: Final[dict[str, frozenset[int]]] = {
    "busy": frozenset({-1, 45033, 45035, 6000, 400301}),
    "limit": frozenset({45009}),
    "secret": frozenset({40001, 40091}),
    "corp": frozenset({40013, 301007}),
    "agent": frozenset({40056, 301002}),
    "token": frozenset({40014, 41001, 42001}),
    "login": frozenset({40029, 42003, 42022, 84014, 84015, 84025}),
    "ip": frozenset({60020}),
    "domain": frozenset({50001}),
    "callback": frozenset({43012}),
    "rights": frozenset({48002, 48006, 48009, 90472, 400303, 400307, 400308, 680106}),
    "range": frozenset({50002, 60011, 60021}),
    "person": frozenset({40003, 60111, 60123, 60003, 81013, 400021, 400039, 400040, 400043}),
    "tls": frozenset({48010}),
    "card_used": frozenset({60140}),
    "recall_late": frozenset({42052}),
    "card": frozenset({*range(42014, 42022), *range(42023, 42052), 41016}),
    "text": frozenset({40008, 44004, 45002, 41011, 40058}),
    "recipients": frozenset({82001, 82002, 82003, 82004}),
    "js": frozenset({40093, 42012}),
    "calendar_gone": frozenset({90457, 90459, 90708}),
    "schedule_gone": frozenset({90460, 90461}),
    "other_app": frozenset({90466}),
    "schedule": frozenset(
        {90464, 90465, 90469, 90470, 90471, 90473, 90480, 90482, 90483, 90484, 90485, 90488}
        | {90492, 90493, 90495, 90497, 90704, 90706, 90713, 90714, 90715, 90456, 90463}
    ),
    "schedule_fixed": frozenset({90700, 90707, 90710}),
    "meeting_exists": frozenset({400302}),
    "meeting_state": frozenset({400221, 400224, 400041, 400045}),
    "meeting_time": frozenset({400222, 400223}),
    "meeting_paid": frozenset({400218, 400219, 400226}),
    "meeting_people": frozenset({400020, 400029, 400037}),
    "meeting_gone": frozenset({90602}),
    "meeting": frozenset(
        {*range(400025, 400037), 400042, 400220, 400227, 400228, 400237, 400304, 400313} - {400029}
    ),
}
AGAIN: Final[dict[str, float]] = {"busy": 3.0, "limit": 60.0, "token": 5.0}


def group_of(code: int) -> str:
    """The group of an error code; "other" for one that is in no table."""
    return next((name for name, codes in GROUPS.items() if code in codes), "other")


def refusal(code: int, errmsg: str, seen_address: str = "") -> OutsideError:
    """The error to raise for a refusal.

    Args:
        errmsg: never decides anything and never reaches a person.
        seen_address: the address WeCom saw, for 60020.
    """
    group = group_of(code)
    message = say(f"wecom.{group}", code=code, address=seen_address or "–")
    if group in AGAIN:
        return TemporaryOutsideError(message, retry_after_s=AGAIN[group])
    return PermanentOutsideError(message)

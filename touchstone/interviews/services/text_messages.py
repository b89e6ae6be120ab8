"""Text messages to candidates about an interview, beside the mail that carries everything else.

A text message is an approved template and its values; it holds no link and no free text. One that
cannot be sent holds nothing up: the mail has gone out by itself.
"""

from __future__ import annotations

import datetime as dt
import re

from django.conf import settings

from touchstone.interviews.models import Interview
from touchstone.recruiting.letters import letter, moment_text
from touchstone.recruiting.models import OutboxMessage
from touchstone.recruiting.services.outbox import Draft, message_queue

E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
MAINLAND = re.compile(r"1[3-9]\d{9}\Z")


def text_message_queue(*, interview: Interview, what: str, at: dt.datetime) -> OutboxMessage | None:
    """Writes the message, once for each version of the interview.

    None where no SMS service or no template for it is set up, or there is no number to send to.

    Args:
        what: "invited", "moved", "cancelled" or "reminder".
    """
    application = interview.application
    candidate, branch = application.candidate, application.position.branch
    language = "en" if candidate.language == "en" else "zh"
    number, template = _number(candidate.phone), _template(what, language)
    if not (settings.SMS_APP_ID and number and template):
        return None
    # the number's owner reads it where they are
    when = moment_text(interview.starts_at, candidate.time_zone or branch.time_zone, language)
    name = f"sms_interview_{what}"
    subject, body = letter(name, language, company=branch.name, when=when)
    return message_queue(
        key=f"sms:{interview.ref}:{what}:{interview.ics_sequence}",
        branch=branch,
        draft=Draft(
            channel="sms",
            template=name,
            language=language,
            subject=subject,
            body=body,
            address=number,
            payload={"sms_template": template, "sms_values": [branch.name, when]},
        ),
        at=at,
        application=application,
    )


def _number(phone: str) -> str:
    """The number as the service wants it; empty for one it would refuse."""
    bare = re.sub(r"[\s()\-.]", "", phone)
    bare = f"+86{bare}" if MAINLAND.match(bare) else bare
    return bare if E164.match(bare) else ""


def _template(what: str, language: str) -> str:
    """The approved template's number: the language's own, else none but for Chinese."""
    own = settings.SMS_TEMPLATES.get(f"{what}.{language}", "")
    return str(own or (settings.SMS_TEMPLATES.get(what, "") if language == "zh" else ""))

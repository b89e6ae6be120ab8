"""Hands a message over: by mail, by WeCom, by SMS; with mail in WeCom's place where that fails."""

from __future__ import annotations

import time

from django.conf import settings

from touchstone.common.errors import PermanentOutsideError
from touchstone.common.messages import say
from touchstone.integrations.mail.client import Mail, MailServer, send_mail
from touchstone.integrations.sms.client import SmsAccount, send_sms
from touchstone.integrations.wecom.cards import text_message
from touchstone.integrations.wecom.configured import wecom_client, wecom_ready
from touchstone.recruiting.models import OutboxMessage


def mail_server() -> MailServer:
    """The mail server of the settings; in the demo, without one, a folder."""
    return MailServer(
        folder=settings.DATA_DIR / "mail" if settings.DEMO else None,
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
    )


def sms_account() -> SmsAccount:
    """The settings' account of Tencent Cloud's SMS."""
    return SmsAccount(
        base=settings.SMS_BASE,
        secret_id=settings.SMS_SECRET_ID,
        secret_key=settings.SMS_SECRET_KEY,
        app_id=settings.SMS_APP_ID,
        sign_name=settings.SMS_SIGN,
    )


def hand_over(message: OutboxMessage) -> None:
    """Sends the message by its channel; what the outside calls it is kept on the row.

    Raises:
        OutsideError: it was not taken; says whether another try makes sense.
    """
    if message.channel == "sms":
        _by_sms(message)
        return
    if message.channel == "wecom" and wecom_ready():
        try:
            _by_wecom(message)
        except PermanentOutsideError as error:
            if not (message.person and message.person.email):
                raise
            message.payload = {**message.payload, "by_mail_because": error.message.id}
        else:
            return
    _by_mail(message)


def _by_mail(message: OutboxMessage) -> None:
    address = message.address
    if message.channel == "wecom":
        address = message.person.email if message.person else ""
    if not address:
        raise PermanentOutsideError(say("mail.bad_address"))
    send_mail(
        mail_server(),
        Mail(
            message_id=message.ref,
            sender=settings.DEFAULT_FROM_EMAIL,
            to=address,
            subject=message.subject,
            text=message.body,
            date=message.created_at,
            language=message.language,
            ics=message.ics,
            ics_method=message.ics_method or "REQUEST",
        ),
    )


def _by_wecom(message: OutboxMessage) -> None:
    """A card where the message has one and WeCom takes it, otherwise text."""
    client = wecom_client()
    try:
        card = message.payload.get("card")
        if card and (settings.WECOM_TOKEN or card["card_type"] == "text_notice"):
            sent = client.send([message.address], "template_card", card)
        else:
            text = text_message(message.subject, message.body)
            sent = client.send([message.address], "text", text)
    finally:
        client.close()
    message.outside_id = sent.msgid
    if sent.response_code:
        message.payload = {**message.payload, "response_code": sent.response_code}


def _by_sms(message: OutboxMessage) -> None:
    if not settings.SMS_APP_ID:
        raise PermanentOutsideError(say("sms.not_set_up"))
    message.outside_id = send_sms(
        sms_account(),
        number=message.address,
        template=str(message.payload.get("sms_template", "")),
        values=[str(value) for value in message.payload.get("sms_values", [])],
        clock_s=time.time,
    )

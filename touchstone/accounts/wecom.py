"""Signing in with WeCom: inside its client by OAuth, in a browser by its QR page."""

from __future__ import annotations

import hmac
import secrets
import urllib.parse

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from touchstone.accounts.models import Person
from touchstone.audit.services import audit_record
from touchstone.common.actors import SYSTEM
from touchstone.common.errors import NotAllowed
from touchstone.common.messages import say
from touchstone.integrations.wecom.configured import wecom_client, wecom_ready
from touchstone.ui.views import safe_next

STATE = "wecom_state"


@require_GET
def wecom_start(request: HttpRequest) -> HttpResponse:
    """Sends the browser to WeCom with a state that only this session knows."""
    if not wecom_ready():
        raise Http404
    state = secrets.token_hex(32)
    request.session[STATE] = {"state": state, "next": safe_next(request)}
    back = f"{settings.BASE_URL}{reverse('wecom-back')}"
    if "wxwork" in request.headers.get("User-Agent", "").lower():
        # The order of the parameters and the fragment are part of WeCom's contract.
        query = urllib.parse.urlencode(
            {
                "appid": settings.WECOM_CORP_ID,
                "redirect_uri": back,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
                "agentid": settings.WECOM_AGENT_ID,
            }
        )
        address = f"{settings.WECOM_OAUTH_BASE}/connect/oauth2/authorize?{query}#wechat_redirect"
    else:
        query = urllib.parse.urlencode(
            {
                "login_type": "CorpApp",
                "appid": settings.WECOM_CORP_ID,
                "agentid": settings.WECOM_AGENT_ID,
                "redirect_uri": back,
                "state": state,
            }
        )
        address = f"{settings.WECOM_LOGIN_BASE}/wwlogin/sso/login?{query}"
    return HttpResponseRedirect(address)


@require_GET
def wecom_back(request: HttpRequest) -> HttpResponse:
    """The browser comes back with a code; whoever it names is signed in, if known here."""
    if not wecom_ready():
        raise Http404
    kept = request.session.pop(STATE, None) or {}
    given = request.GET.get("state", "")
    if not kept or not hmac.compare_digest(str(kept.get("state", "")), given):
        raise NotAllowed(say("accounts.wecom_stale"))
    client = wecom_client()
    try:
        found = client.login(request.GET.get("code", "")[:512])
    finally:
        client.close()
    person = (
        Person.objects.filter(wecom_userid__iexact=found.userid, is_active=True).first()
        if found.userid
        else None
    )
    if person is None:
        audit_record(
            SYSTEM, "sign_in.wecom_unknown", object_type="person", object_ref="", detail={}
        )
        raise NotAllowed(say("accounts.wecom_unknown"))
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return HttpResponseRedirect(kept.get("next") or settings.LOGIN_REDIRECT_URL)

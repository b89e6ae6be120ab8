"""The assistant that sets WeCom up, step by step, each tried for real."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from touchstone.accounts.models import Role
from touchstone.common.clock import utc_now
from touchstone.common.errors import NotFound
from touchstone.common.messages import say
from touchstone.desk.access import DeskRequest, staff
from touchstone.interviews.services.wecom_setup import (
    OPTIONAL,
    STEPS,
    callback_address,
    last_event_at,
    step_try,
    trusted_domain,
)
from touchstone.ui.bilingual import bi

KEPT = "wecom_setup"
TITLES = {
    "settings": bi("填企业 ID、AgentId 和 Secret", "Enter corp ID, agent ID and secret"),
    "callback": bi("接收企业微信的事件", "Receive WeCom's events"),
    "domain": bi("可信域名与登录", "Trusted domain and sign-in"),
    "token": bi("连上企业微信", "Connect to WeCom"),
    "contacts": bi("同步通讯录", "Synchronise contacts"),
    "calendar": bi("面试日程", "Interview schedules"),
    "message": bi("给自己发一条消息", "Send yourself a message"),
    "recordings": bi("取回会议录制", "Fetch recordings of meetings"),
}
WHERE = {
    "settings": bi(
        "管理后台「我的企业」底部有企业 ID；「应用管理 → 自建」里有另外两项。",
        "The corp ID stands at the bottom of My Company; the other two on the app's page.",
    ),
    "callback": bi(
        "有了回调，面试官才能在卡片上直接回复能不能来；「企业可信 IP」也要先有它才能设置。",
        "With it, interviewers answer on the card itself; Trusted IP can be set only after it.",
    ),
    "domain": bi(
        "有了可信域名，同事在企业微信里点开就已登录。",
        "With it, colleagues are signed in when they open a link inside WeCom.",
    ),
    "token": bi(
        "若提示不在可信 IP 里，把页面上给出的地址加进「企业可信 IP」。",
        "If it says the address is not trusted, add the address shown to Trusted IP.",
    ),
    "contacts": bi(
        "之后每晚自动同步。离职的人当晚失去访问。",
        "Repeated every night. Who leaves loses access that night.",
    ),
    "calendar": bi(
        "在管理后台「协作 → 日程 → 可调用接口的应用」里加上本应用。",
        "Add this app under Collaboration → Calendar → Apps that may call the API.",
    ),
    "message": bi("确认能收到，就设置好了。", "When it arrives, everything is set."),
    "recordings": bi(
        "在企业微信里开面试、又买了会议高级功能时才用得上。",
        "Only for interviews held in WeCom by companies that have bought advanced meetings.",
    ),
}


@require_GET
@staff(Role.ADMINISTRATOR)
def assistant(request: DeskRequest) -> HttpResponse:
    """All steps, each with how its last try went."""
    results = request.session.get(KEPT, {})
    steps = [
        {
            "key": key,
            "title": str(TITLES[key]),
            "where": str(WHERE[key]),
            "optional": key in OPTIONAL,
            "result": results.get(key),
        }
        for key in STEPS
    ]
    return render(
        request,
        "desk/wecom.html",
        {
            "steps": steps,
            "address": callback_address(),
            "domain": trusted_domain(),
            "last_event": last_event_at(),
            "done": sum(1 for key in STEPS if (results.get(key) or {}).get("fine")),
        },
    )


@require_POST
@staff(Role.ADMINISTRATOR)
def step(request: DeskRequest, key: str) -> HttpResponse:
    """Tries one step and shows the page again, at that step."""
    if key not in STEPS:
        raise NotFound(say("web.not_found"))
    found = step_try(actor=request.actor, person=request.user, step=key, at=utc_now())
    results = dict(request.session.get(KEPT, {}))
    results[key] = {
        "fine": found.fine,
        "message": {"id": found.message.id, "args": dict(found.message.args)},
    }
    request.session[KEPT] = results
    return HttpResponseRedirect(f"{reverse('wecom-setup')}#{key}")

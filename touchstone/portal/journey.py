"""Where an application stands, in plain words for the person whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from touchstone.recruiting.models import Application, StageEvent
from touchstone.recruiting.stages import Stage
from touchstone.ui.bilingual import bi

NOW = {
    Stage.APPLIED: bi("我们收到了你的简历。", "We have your resume."),
    Stage.SCREENED: bi(
        "招聘同事正在看简历，接下来会告诉你是否请你测评。",
        "A recruiter is reading your resume and will tell you about the next step.",
    ),
    Stage.INVITED: bi("请你完成测评。", "Your assessment is open."),
    Stage.ASSESSED: bi(
        "测评已经交了，评阅之后会安排面试或告诉你结果。",
        "Your assessment is in. After grading we arrange an interview or tell you the result.",
    ),
    Stage.INTERVIEWING: bi("现在是面试。", "You are at the interview stage."),
    Stage.EVALUATED: bi(
        "面试结束了，面试官正在写意见，由人决定。",
        "The interviews are over. The interviewers write their views; people decide.",
    ),
    Stage.OFFERED: bi("我们希望你加入，负责人会联系你。", "We would like you to join us."),
    Stage.HIRED: bi("欢迎加入。", "Welcome."),
    Stage.REJECTED: bi(
        "这一次没有继续。决定由人作出，你可以问原因，也可以请人复核。",
        "We do not go on this time. People decided; you may ask why, or for a review.",
    ),
    Stage.WITHDRAWN: bi("你已经退出这次应聘。", "You have withdrawn this application."),
}
PAST = {
    Stage.APPLIED: bi("收到简历", "Resume received"),
    Stage.SCREENED: bi("简历看过了", "Resume read"),
    Stage.INVITED: bi("请你测评", "Invited to the assessment"),
    Stage.ASSESSED: bi("测评已交", "Assessment handed in"),
    Stage.INTERVIEWING: bi("进入面试", "Interviews"),
    Stage.EVALUATED: bi("面试结束，写评估意见", "Interviews done, views being written"),
    Stage.OFFERED: bi("录用意向", "Offer"),
    Stage.HIRED: bi("已入职", "Hired"),
    Stage.REJECTED: bi("这次没有继续", "Not continued this time"),
    Stage.WITHDRAWN: bi("你退出了", "Withdrawn by you"),
}
NEXT = {
    Stage.APPLIED: (bi("看简历", "Reading the resume"), bi("测评", "Assessment")),
    Stage.SCREENED: (bi("测评", "Assessment"), bi("面试", "Interview")),
    Stage.INVITED: (
        bi("面试", "Interview"),
        bi("告知结果，无论录不录用", "The result, either way"),
    ),
    Stage.ASSESSED: (
        bi("面试", "Interview"),
        bi("告知结果，无论录不录用", "The result, either way"),
    ),
    Stage.INTERVIEWING: (bi("告知结果，无论录不录用", "The result, either way"),),
    Stage.EVALUATED: (bi("告知结果，无论录不录用", "The result, either way"),),
}


def now_text(application: Application) -> str:
    """One sentence about where it stands."""
    return str(NOW[Stage(application.stage)])


def timeline(application: Application, events: Iterable[StageEvent]) -> list[dict[str, Any]]:
    """Steps taken, each once and with its day, the one at hand, and those to come."""
    taken: dict[str, StageEvent] = {}
    for event in events:
        if event.undoes_id:
            taken.pop(event.from_stage, None)
        else:
            taken[event.to_stage] = event
    rows: list[dict[str, Any]] = [
        {"at": event.at, "text": str(PAST[Stage(stage)]), "state": "done"}
        for stage, event in sorted(taken.items(), key=lambda entry: entry[1].at)
        if stage in PAST
    ]
    if rows:
        rows[-1]["state"] = "now"
    coming = NEXT.get(Stage(application.stage), ())
    return rows + [{"at": None, "text": str(words), "state": "next"} for words in coming]

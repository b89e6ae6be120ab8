"""`touchstone simulate`: outside systems on loopback, to try the product against."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import urllib.parse
from types import FrameType
from typing import Any

SMS_TEMPLATES = {
    "1001": "invited",
    "1002": "moved",
    "1003": "cancelled",
    "1004": "reminder",
    "1011": "invited.en",
    "1012": "moved.en",
    "1013": "cancelled.en",
    "1014": "reminder.en",
}
WECOM_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
WECOM_TOKEN = "simtoken"  # noqa: S105 - of the simulator
PORTS = {"wecom": 0, "tencent-meeting": 1, "smtp": 2, "sms": 3, "llm": 4, "speech": 5, "judge0": 6}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=int, default=8100, help="the first of seven ports (8100); 0 for any"
    )
    parser.add_argument(
        "--callback",
        default="http://127.0.0.1:8000",
        metavar="URL",
        help="where the product answers, for events (http://127.0.0.1:8000)",
    )
    parser.add_argument(
        "--members",
        metavar="FILE",
        help="JSON: {user id: [name, [department ids]]} of the simulated WeCom",
    )
    parser.add_argument("--only", action="append", choices=sorted(PORTS), help="these only")


def run(args: argparse.Namespace) -> int:
    try:
        members = _members(args.members)
    except (OSError, ValueError) as error:
        print(f"touchstone simulate: {args.members}: {error}", file=sys.stderr)
        return 2
    wanted = args.only or sorted(PORTS, key=lambda name: PORTS[name])
    running = []
    for name in wanted:
        try:
            simulator, settings, where = _start(name, args, members)
        except OSError as error:
            port = _port(args, name)
            print(f"touchstone simulate: port {port}: {error.strerror}", file=sys.stderr)
            return 1
        running.append(simulator)
        print(f"# {where}")
        for key, value in settings.items():
            print(f"{key}={value}")
    print("# Put these lines into .env; Ctrl-C stops the simulators.", flush=True)
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    stopped.wait()
    for simulator in running:
        simulator.stop()
    return 0


def _members(path: str | None) -> dict[str, tuple[str, list[int]]]:
    if path is None:
        return {"shen.yan": ("沈砚", [1]), "xu.nian": ("许念", [1]), "jiang.li": ("江离", [1])}
    with open(path, "rb") as file:  # noqa: PTH123 - a name from the command line
        rows = json.load(file)
    return {str(key): (str(name), [int(d) for d in ids]) for key, (name, ids) in rows.items()}


def _port(args: argparse.Namespace, name: str) -> int:
    return args.port + PORTS[name] if args.port else 0


def _start(name: str, args: argparse.Namespace, members: Any) -> tuple[Any, dict[str, Any], str]:
    """The running simulator, the settings that point at it, and a line about it."""
    from touchstone.integrations.simulators.llm import SimulatedLlm
    from touchstone.integrations.simulators.sms import SimulatedSms
    from touchstone.integrations.simulators.smtp import SimulatedSmtp
    from touchstone.integrations.simulators.speech import SimulatedSpeech
    from touchstone.integrations.simulators.tencent_meeting import SimulatedTencentMeeting
    from touchstone.integrations.simulators.wecom import SimulatedWecom
    from touchstone.integrations.wecom.crypto import CallbackKeys

    port = _port(args, name)
    if name == "wecom":
        wecom = SimulatedWecom(port=port, members=members)
        wecom.keys = CallbackKeys(wecom.corp_id, WECOM_TOKEN, WECOM_AES_KEY)
        wecom.redirect_hosts += (urllib.parse.urlsplit(args.callback).netloc,)
        wecom.callback_url = f"{args.callback}/api/wecom/callback/"
        wecom.start()
        return (
            wecom,
            {
                "WECOM_API_BASE": f"{wecom.base}/cgi-bin/",
                "WECOM_OAUTH_BASE": wecom.base,
                "WECOM_LOGIN_BASE": wecom.base,
                "TOUCHSTONE_WECOM_CORP_ID": wecom.corp_id,
                "TOUCHSTONE_WECOM_AGENT_ID": wecom.agent_id,
                "TOUCHSTONE_WECOM_SECRET": wecom.secret,
                "TOUCHSTONE_WECOM_TOKEN": WECOM_TOKEN,
                "TOUCHSTONE_WECOM_AES_KEY": WECOM_AES_KEY,
            },
            f"WeCom: {wecom.base}/_sim/",
        )
    if name == "tencent-meeting":
        meeting = SimulatedTencentMeeting(port=port)
        meeting.webhook_url = f"{args.callback}/api/tencent-meeting/callback/"
        meeting.start()
        return (
            meeting,
            {
                "TENCENT_MEETING_BASE": meeting.base,
                "TOUCHSTONE_TENCENT_MEETING_APP_ID": meeting.app_id,
                "TOUCHSTONE_TENCENT_MEETING_SECRET_ID": meeting.secret_id,
                "TOUCHSTONE_TENCENT_MEETING_SECRET_KEY": meeting.secret_key,
                "TOUCHSTONE_TENCENT_MEETING_USER_ID": meeting.users[0],
                "TOUCHSTONE_TENCENT_MEETING_TOKEN": meeting.webhook_token,
            },
            f"Tencent Meeting: {meeting.base}/_sim/",
        )
    if name == "smtp":
        smtp = SimulatedSmtp(port=port).start()
        settings = {"TOUCHSTONE_SMTP_HOST": "127.0.0.1", "TOUCHSTONE_SMTP_PORT": smtp.port}
        return smtp, settings, f"SMTP: 127.0.0.1:{smtp.port}"
    if name == "sms":
        sms = SimulatedSms(port=port, templates=tuple(SMS_TEMPLATES))
        sms.start()
        return (
            sms,
            {
                "TENCENT_SMS_BASE": sms.base,
                "TOUCHSTONE_SMS_SECRET_ID": sms.secret_id,
                "TOUCHSTONE_SMS_SECRET_KEY": sms.secret_key,
                "TOUCHSTONE_SMS_APP_ID": sms.app_id,
                "TOUCHSTONE_SMS_SIGN": "试金石",
                "TOUCHSTONE_SMS_TEMPLATES": ",".join(
                    f"{what}={number}" for number, what in SMS_TEMPLATES.items()
                ),
            },
            f"SMS: {sms.base}/_sim/",
        )
    if name == "judge0":
        return _judge0(port)
    if name == "speech":
        speech = SimulatedSpeech(port=port)
        speech.start()
        return (
            speech,
            {
                "TOUCHSTONE_SPEECH_BASE": f"{speech.base}/v1",
                "TOUCHSTONE_SPEECH_KEY": speech.key,
                "TOUCHSTONE_SPEECH_MODEL": speech.model,
            },
            f"Speech: {speech.base}/_sim/",
        )
    llm = SimulatedLlm(port=port)
    llm.start()
    return (
        llm,
        {
            "TOUCHSTONE_LLM_BASE": f"{llm.base}/v1",
            "TOUCHSTONE_LLM_KEY": llm.key,
            "TOUCHSTONE_LLM_MODEL": "sim",
        },
        f"LLM: {llm.base}/_sim/",
    )


def _judge0(port: int) -> tuple[Any, dict[str, Any], str]:
    from touchstone.integrations.simulators.judge0 import SimulatedJudge0

    judge0 = SimulatedJudge0(port=port)
    judge0.start()
    settings = {
        "TOUCHSTONE_JUDGE0_BASE": judge0.base,
        "TOUCHSTONE_JUDGE0_TOKEN": judge0.token,
        "TOUCHSTONE_JUDGE0_USER_TOKEN": judge0.user_token,
    }
    return judge0, settings, f"Judge0: {judge0.base}/_sim/"

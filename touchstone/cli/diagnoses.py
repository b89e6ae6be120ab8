"""The checks of `touchstone doctor`. Each tries the real thing and says how to mend it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from touchstone.common.clock import utc_now
from touchstone.common.errors import OutsideError
from touchstone.common.messages import Message, say

State = Literal["ok", "warn", "bad", "off"]
LEAST_FREE_GIB = 2.0
STUCK = dt.timedelta(minutes=10)
TIMEOUT_S = 6.0
SAMPLE = 200
BUNDLES = ("app.js", "editor.js", "charts.js", "room.js", "board.js", "exercise.js", "replay.js")
CJK_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/source-han-sans/SourceHanSansSC-Regular.otf",
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What came of one check.

    Attributes:
        name: its key.
        state: ok; warn: works, with a reservation; bad: broken; off: not set up, and optional.
        messages: what was found and how to mend it.
    """

    name: str
    state: State
    messages: tuple[Message, ...]


def _one(name: str, state: State, message: Message) -> Diagnosis:
    return Diagnosis(name, state, (message,))


def configuration() -> Diagnosis:
    from django.conf import settings

    if settings.DEMO:
        return _one("configuration", "warn", say("doctor.configuration_demo"))
    if not settings.PRODUCTION:
        return _one("configuration", "warn", say("doctor.configuration_open"))
    return _one("configuration", "ok", say("doctor.configuration_ok"))


def data_dir() -> Diagnosis:
    from django.conf import settings

    path = Path(settings.DATA_DIR)
    try:
        probe = path / f".doctor-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        why = error.strerror or str(error)
        return _one("data_dir", "bad", say("doctor.data_dir_bad", path=path, why=why))
    secret = path / "secret-key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        return _one("data_dir", "bad", say("doctor.secret_readable", path=secret))
    free_gib = shutil.disk_usage(path).free / 2**30
    told = f"{free_gib:.1f}"
    if free_gib < LEAST_FREE_GIB:
        return _one("data_dir", "warn", say("doctor.data_dir_low", path=path, free=told))
    return _one("data_dir", "ok", say("doctor.data_dir_ok", path=path, free=told))


def database() -> Diagnosis:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from touchstone.recruiting.models import Application

    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    try:
        executor = MigrationExecutor(connection)
        applied = executor.loader.applied_migrations
        due = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not applied:
            return _one("database", "warn", say("doctor.database_empty", engine=engine))
        if due:
            return _one(
                "database", "warn", say("doctor.database_behind", engine=engine, n=len(due))
            )
        rows = Application.objects.count()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode")
                mode = str(cursor.fetchone()[0])
            if mode != "wal":
                return _one("database", "warn", say("doctor.database_journal", mode=mode))
    except DatabaseError as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return _one("database", "bad", say("doctor.database_bad", why=why))
    return _one("database", "ok", say("doctor.database_ok", engine=engine, rows=rows))


def storage() -> Diagnosis:
    """Stores and reads a file, and looks up a sample of those that the database names."""
    from django.db import DatabaseError

    from touchstone.audit.files import store
    from touchstone.audit.models import StoredFile
    from touchstone.common.errors import OutsideError

    probe, data = f"doctor/{os.getpid()}-{os.urandom(4).hex()}", os.urandom(1024)
    try:
        store().put(probe, data)
        same = store().get(probe) == data
        store().delete(probe)
    except OSError as error:
        return _one("storage", "bad", say("doctor.storage_bad", why=error.strerror or str(error)))
    except OutsideError as error:
        return _one("storage", "bad", error.message)
    if not same:
        return _one("storage", "bad", say("doctor.storage_bad", why="read back changed"))
    try:
        keys = list(
            StoredFile.objects.filter(erased_at=None)
            .order_by("-pk")
            .values_list("storage_key", flat=True)[:SAMPLE]
        )
    except DatabaseError:
        keys = []
    lost = [key for key in keys if store().size(key) is None]
    if lost:
        message = say("doctor.storage_lost", n=len(keys), lost=len(lost), key=lost[0])
        return _one("storage", "bad", message)
    return _one("storage", "ok", say("doctor.storage_ok", n=len(keys)))


def sandbox() -> Diagnosis:
    from touchstone.integrations.sandbox.status import status

    found = status()
    if not found.available:
        return Diagnosis("sandbox", "bad", found.messages)
    languages = say("doctor.sandbox_languages", languages=", ".join(found.languages))
    return Diagnosis("sandbox", "ok", (languages, *found.messages))


def judge0() -> Diagnosis:
    """Runs two small programs on the Judge0 server, where one is set up."""
    from django.conf import settings

    from touchstone.integrations.judge0.configured import status

    if settings.JUDGE0 is None:
        return _one("judge0", "off", say("doctor.judge0_off"))
    found = status(settings.JUDGE0)
    if not found.available:
        return Diagnosis("judge0", "bad", found.messages)
    return Diagnosis("judge0", "ok" if found.complete else "warn", found.messages)


def fonts() -> Diagnosis:
    found = next((Path(path) for path in CJK_FONTS if Path(path).is_file()), None)
    if found is None:
        return _one("fonts", "bad", say("doctor.fonts_bad"))
    return _one("fonts", "ok", say("doctor.fonts_ok", name=found.name))


def ocr() -> Diagnosis:
    from touchstone.engine.resumes.ocr import ocr_available

    if ocr_available():
        return _one("ocr", "ok", say("doctor.ocr_ok"))
    return _one("ocr", "warn", say("doctor.ocr_bad"))


def office() -> Diagnosis:
    from touchstone.engine.resumes.office import office_program

    program = office_program()
    if program is None:
        return _one("office", "off", say("doctor.office_off"))
    return _one("office", "ok", say("doctor.office_ok", name=Path(program).name))


def front_end() -> Diagnosis:
    folder = Path(__file__).resolve().parent.parent / "ui" / "static" / "dist"
    missing = [name for name in BUNDLES if not (folder / name).exists()]
    if missing:
        return _one("front_end", "bad", say("doctor.front_end_bad", name=missing[0]))
    return _one("front_end", "ok", say("doctor.front_end_ok"))


def browser() -> Diagnosis:
    found = os.environ.get("TOUCHSTONE_CHROMIUM") or shutil.which("chromium")
    if not found:
        return _one("browser", "off", say("doctor.browser_off"))
    return _one("browser", "ok", say("doctor.browser_ok", path=found))


def mail() -> Diagnosis:
    """Says EHLO, starts TLS and signs in as sending would, and sends nothing."""
    from touchstone.recruiting.services.channels import mail_server

    server = mail_server()
    if not server.host:
        folder = getattr(server, "folder", None)
        if folder:
            return _one("mail", "warn", say("doctor.mail_folder", path=folder))
        return _one("mail", "off", say("doctor.mail_off"))
    place = {"host": server.host, "port": server.port}
    try:
        with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S) as smtp:
            if server.starttls:
                smtp.starttls()
            if server.user:
                smtp.login(server.user, server.password)
            smtp.noop()
    except (OSError, smtplib.SMTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return _one("mail", "bad", say("doctor.mail_bad", **place, why=why))
    login = say("doctor.mail_login") if server.user else ""
    return _one("mail", "ok", say("doctor.mail_ok", **place, login=login))


def wecom() -> Diagnosis:
    from touchstone.integrations.wecom.configured import wecom_client, wecom_ready

    if not wecom_ready():
        return _one("wecom", "off", say("doctor.wecom_off"))
    client = wecom_client()
    try:
        departments = client.departments()
    except OutsideError as error:
        return _one("wecom", "bad", say("doctor.wecom_bad", why=error.message))
    finally:
        client.close()
    return _one("wecom", "ok", say("doctor.wecom_ok", n=len(departments)))


def meeting() -> Diagnosis:
    from django.conf import settings

    from touchstone.integrations.tencent_meeting.client import Credentials, TencentMeeting

    if not settings.TENCENT_MEETING_APP_ID:
        return _one("meeting", "off", say("doctor.meeting_off"))
    client = TencentMeeting(
        Credentials(
            base=settings.TENCENT_MEETING_BASE,
            app_id=settings.TENCENT_MEETING_APP_ID,
            secret_id=settings.TENCENT_MEETING_SECRET_ID,
            secret_key=settings.TENCENT_MEETING_SECRET_KEY,
            user_id=settings.TENCENT_MEETING_USER_ID,
        ),
        clock_s=time.time,
    )
    try:
        client.upcoming()
    except OutsideError as error:
        return _one("meeting", "bad", say("doctor.meeting_bad", why=error.message))
    finally:
        client.close()
    return _one("meeting", "ok", say("doctor.meeting_ok"))


def llm() -> Diagnosis:
    """Asks for the list of models, which costs nothing."""
    import httpx
    from django.conf import settings

    if not settings.LLM_BASE:
        return _one("llm", "off", say("doctor.llm_off"))
    base = settings.LLM_BASE
    try:
        answer = httpx.get(
            f"{base.rstrip('/')}/models",
            headers={"Authorization": f"Bearer {settings.LLM_KEY}"},
            timeout=TIMEOUT_S,
        )
        answer.raise_for_status()
    except httpx.HTTPError as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return _one("llm", "bad", say("doctor.llm_bad", base=base, why=why))
    return _one("llm", "ok", say("doctor.llm_ok", base=base))


def speech() -> Diagnosis:
    """Asks for the list of models, at the address as it will be called."""
    import httpx

    from touchstone.integrations.speech.client import models_listed
    from touchstone.integrations.speech.configured import speech_service
    from touchstone.integrations.speech.sound import sound_program

    service = speech_service()
    if service is None:
        return _one("speech", "off", say("doctor.speech_off"))
    try:
        models_listed(service, timeout_s=TIMEOUT_S)
    except OutsideError as error:
        return _one("speech", "bad", say("doctor.speech_bad", base=service.base, why=error.message))
    except httpx.HTTPError as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return _one("speech", "bad", say("doctor.speech_bad", base=service.base, why=why))
    program = sound_program()
    if not program:
        mb = service.largest // 2**20
        return _one("speech", "ok", say("doctor.speech_short", base=service.base, mb=mb))
    return _one("speech", "ok", say("doctor.speech_ok", base=service.base, program=program))


def workers() -> Diagnosis:
    from django.db import DatabaseError

    from touchstone.insights.background import overdue_count, work_counts

    try:
        counts = work_counts()
        overdue = overdue_count(utc_now() - STUCK)
    except DatabaseError:
        return _one("workers", "off", say("doctor.workers_ok", waiting=0, running=0, failed=0))
    if overdue:
        minutes = int(STUCK.total_seconds() // 60)
        message = say("doctor.workers_stuck", waiting=overdue, minutes=minutes)
        return _one("workers", "bad", message)
    if counts["failed"]:
        return _one("workers", "warn", say("doctor.workers_failed", failed=counts["failed"]))
    told: dict[str, Any] = {name: counts[name] for name in ("waiting", "running", "failed")}
    return _one("workers", "ok", say("doctor.workers_ok", **told))


def clock() -> Diagnosis:
    from zoneinfo import ZoneInfo

    from django.conf import settings

    local = utc_now().astimezone(ZoneInfo(settings.TIME_ZONE))
    now = f"{local:%Y-%m-%d %H:%M}"
    return _one("clock", "ok", say("doctor.clock_ok", now=now, zone=settings.TIME_ZONE))


CHECKS: tuple[Callable[[], Diagnosis], ...] = (
    configuration,
    data_dir,
    database,
    storage,
    workers,
    sandbox,
    judge0,
    fonts,
    ocr,
    office,
    front_end,
    mail,
    wecom,
    meeting,
    llm,
    speech,
    browser,
    clock,
)


def diagnose() -> list[Diagnosis]:
    """All checks in order; one that fails by itself is told as broken, and the others go on."""
    found = []
    for check in CHECKS:
        try:
            found.append(check())
        except Exception as error:  # noqa: BLE001 - a broken check must not hide the others
            why = f"{type(error).__name__}: {error}"
            found.append(_one(check.__name__, "bad", say("doctor.crashed", why=why)))
    return found

"""Interviews: panels, booked time, meetings, the room's notes, recordings."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.audit.models import StoredFile
from touchstone.common.db import Referenced, Versioned
from touchstone.recruiting.models import Application


class Interview(Referenced, Versioned):
    """One talk with one candidate. `room_version` rises with every change in the room."""

    class Status(models.TextChoices):
        PLANNED = "planned"
        INVITED = "invited"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="interviews"
    )
    round_no = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    meeting_provider = models.CharField(max_length=16, blank=True)  # tencent | wecom | manual
    meeting_id = models.CharField(max_length=64, blank=True)
    meeting_code = models.CharField(max_length=32, blank=True)
    meeting_url = models.CharField(max_length=400, blank=True)
    meeting_failure = models.CharField(max_length=400, blank=True)  # why there is none yet
    place = models.CharField(max_length=120, blank=True)
    materials = models.TextField(blank=True)  # what the candidate should prepare
    kit = models.JSONField(default=dict)  # questions with rubric, each with why it was chosen
    ics_uid = models.CharField(max_length=120, blank=True)
    ics_sequence = models.PositiveIntegerField(default=0)
    candidate_reply = models.CharField(max_length=10, blank=True)  # accepted | declined
    started_at = models.DateTimeField(null=True, blank=True)  # the room's clock
    ended_at = models.DateTimeField(null=True, blank=True)
    room_version = models.PositiveBigIntegerField(default=0)
    asked = models.JSONField(default=dict)  # question code -> {"by": ref, "at": second}
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["starts_at"])]


class PanelMember(models.Model):
    """A person's seat on a panel."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="panel")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panel_seats"
    )
    seat = models.CharField(max_length=8, default="member")  # lead | member | shadow
    focus = models.JSONField(default=list)  # dimensions this person asks about
    looking_at = models.CharField(max_length=60, blank=True)  # code of the question on their screen
    asks = models.JSONField(default=list)  # codes of the questions this person will ask
    reply = models.CharField(max_length=10, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interview", "person"], name="panel_seat_once")
        ]


class BookedQuarter(models.Model):
    """A quarter of an hour of somebody's time. The constraint makes double booking impossible."""

    who = models.CharField(max_length=40)  # "person:<ref>", "candidate:<ref>", "room:<name>"
    starts_at = models.DateTimeField()
    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="quarters")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["who", "starts_at"], name="nobody_booked_twice")
        ]


class WorkingHours(models.Model):
    """Hours of one weekday in the person's time zone; somebody without any has office hours."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="working_hours"
    )
    weekday = models.PositiveSmallIntegerField()  # 0 Monday
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["weekday", "start_minute"]


class Availability(models.Model):
    """When a person is free or busy, as they or their calendar say."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="availability"
    )
    kind = models.CharField(max_length=4)  # free | busy
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    source = models.CharField(max_length=12, default="own")  # own | ics
    label = models.CharField(max_length=80, blank=True)
    uid = models.CharField(max_length=200, blank=True)  # of the calendar's entry

    class Meta:
        indexes = [models.Index(fields=["person", "starts_at"])]


class InterviewPlan(Referenced):
    """A proposal for a round: who meets whom when, and who has no place and why."""

    position = models.ForeignKey(
        "positions.Position", on_delete=models.CASCADE, related_name="interview_plans"
    )
    document = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)


class OfferedSlot(Referenced):
    """A time offered to a candidate for booking; an offer that expires."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="offered_slots"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    panel = models.JSONField(default=list)  # refs of people
    round_no = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    interview = models.ForeignKey(
        Interview, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(null=True)


class RoomNote(Referenced, Versioned):
    """A note of one panel member, stamped with the meeting's second. `client_key` makes a retry
    from the browser land once."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    client_key = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    at_second = models.PositiveIntegerField(null=True, blank=True)
    question_code = models.CharField(max_length=60, blank=True)
    indicator = models.CharField(max_length=60, blank=True)
    private = models.BooleanField(default=False)  # never shown to anybody else
    shared_now = models.BooleanField(default=False)  # shown to the panel before scores are in
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "author", "client_key"], name="note_lands_once"
            )
        ]
        ordering = ["at_second", "created_at", "id"]


class Recording(Referenced):
    """A recording, with the consent it rests on and the day it is deleted."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="recordings")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    source = models.CharField(max_length=12)  # meeting | upload | browser
    outside_id = models.CharField(max_length=120, blank=True)
    starts_at_second = models.IntegerField(default=0)  # of the room's clock
    duration_s = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    delete_on = models.DateField()
    deleted_at = models.DateTimeField(null=True, blank=True)


class Transcript(Referenced, Versioned):
    """What was said in a recording, and which key points of the kit may have been heard in it.

    It lives and ends with its recording. A person's file comes before the meeting service's words,
    and those before the speech service's.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    recording = models.OneToOneField(Recording, on_delete=models.CASCADE, related_name="transcript")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    source = models.CharField(max_length=8, blank=True)  # meeting | speech | person
    failure = models.JSONField(default=dict)  # a message, why there is none
    language = models.CharField(max_length=8, blank=True)
    segments = models.JSONField(default=list)  # [{"start", "end", "text", "speaker"}] by time
    candidate_speaker = models.CharField(
        max_length=80, blank=True
    )  # label of the candidate's words
    proposals = models.JSONField(default=list)  # of the engine: key points that may be heard
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )


class PointMark(Versioned):
    """Whether a key point of a question was heard, as one panel member marked it."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="marks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    question_code = models.CharField(max_length=60)
    point = models.CharField(max_length=40)
    mark = models.CharField(max_length=4)  # full | part | none
    quote = models.TextField(blank=True)  # of the transcript, where the person confirmed it there
    at_second = models.PositiveIntegerField(null=True, blank=True)  # of the room's clock
    declined = models.BooleanField(default=False)  # the proposal was no such point
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "person", "question_code", "point"], name="point_marked_once"
            )
        ]


class RecordingUpload(Referenced):
    """A recording on its way in: its bytes so far lie on disk, so that it can go on later."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="uploads")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    starts_at_second = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)


class OutsideObject(models.Model):
    """What an outside system calls something of ours: a WeCom calendar, an interview's schedule."""

    key = models.CharField(max_length=120, unique=True)  # "wecom-schedule:<interview's ref>"
    outside_id = models.CharField(max_length=120, blank=True)
    state = models.JSONField(default=dict)  # as last written there
    updated_at = models.DateTimeField()


class OutsideEvent(models.Model):
    """Something an outside system reported: stored first, acted upon once by a job."""

    source = models.CharField(max_length=20)  # wecom | tencent
    key = models.CharField(max_length=80)  # the same for a repeated delivery
    kind = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)  # ids and codes only, never a person's words
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="event_once")]

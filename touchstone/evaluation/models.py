"""Scorecards, departments' evaluations, calibration, reports, decisions, outcomes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.accounts.models import Department
from touchstone.audit.models import StoredFile
from touchstone.common.db import Referenced, Versioned
from touchstone.interviews.models import Interview
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application


class Scorecard(Referenced, Versioned):
    """One rater's scores for one interview. Locked once submitted; reopening is an event."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        SUBMITTED = "submitted"

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="scorecards")
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    counts = models.BooleanField(default=True)  # False for a shadow
    summary = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submit_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["interview", "rater"], name="scorecard_once")
        ]


class IndicatorScore(Versioned):
    """One indicator on one scorecard: 0–10 in half points, or "not observed"."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="scores")
    dimension = models.CharField(max_length=40)
    indicator = models.CharField(max_length=60)
    score = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    not_observed = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "indicator"], name="indicator_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(score__gte=0, score__lte=10),
                name="score_between_0_and_10",
            ),
        ]


class CalibrationSample(Referenced):
    """A written answer that the position's interviewers score each for themselves, to find out
    how far apart they are before it matters to a candidate."""

    position = models.ForeignKey(
        Position, on_delete=models.CASCADE, related_name="calibration_samples"
    )
    title = models.CharField(max_length=120)
    question = models.TextField(blank=True)
    text = models.TextField()
    indicators = models.JSONField(default=list)  # their ids in the competency model
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]


class SampleSheet(Versioned):
    """One person's scores for a sample. Nobody else sees them before submitting their own."""

    sample = models.ForeignKey(CalibrationSample, on_delete=models.CASCADE, related_name="sheets")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scores = models.JSONField(default=dict)  # indicator: {"score": 7.5 | None, "comment": "…"}
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "person"], name="sample_sheet_once")
        ]


class ScorecardEvent(models.Model):
    """Submitted, reopened with a reason."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10)  # submitted | reopened
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()


class DepartmentEvaluation(Referenced, Versioned):
    """A department's written view of a candidate."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="evaluations"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stance = models.CharField(max_length=10, blank=True)  # hire | lean_hire | lean_no | no
    text = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "department"], name="department_evaluation_once"
            )
        ]


class CalibrationRun(Referenced):
    """The yardstick of a round at a moment: raw and fair scores, severities, agreement."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="calibrations")
    input_sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=20)
    result = models.JSONField()  # an object of `touchstone calibrate`
    created_at = models.DateTimeField()


class Report(Referenced):
    """All of it together. Once issued it is immutable and sealed by its hash."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reports")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=8, default="draft")  # draft | issued
    facts = models.JSONField()
    analysis = models.JSONField()
    overall = models.FloatField(null=True)  # 0..100, fair
    overall_raw = models.FloatField(null=True)
    calibration = models.ForeignKey(
        CalibrationRun, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sha256 = models.CharField(max_length=64, blank=True)
    pdf = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="report_version_once")
        ]


class Decision(Referenced):
    """A person's decision, with a reason. Reversible until it is sent."""

    class Kind(models.TextChoices):
        OFFER = "offer"
        REJECT = "reject"
        HOLD = "hold"
        POOL = "pool"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)


class Hire(Referenced):
    """Somebody who joined: the plan for their first months, and what became of them."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="hire")
    starts_on = models.DateField()
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    onboarding = models.JSONField(default=list)
    created_at = models.DateTimeField()


class Outcome(Referenced):
    """What the manager says at one, three and six months."""

    hire = models.ForeignKey(Hire, on_delete=models.CASCADE, related_name="outcomes")
    month = models.PositiveSmallIntegerField()  # 1 | 3 | 6
    due_on = models.DateField()
    projects_delivered = models.FloatField(null=True, blank=True)
    model_improvement = models.FloatField(null=True, blank=True)  # percentage points
    review = models.FloatField(null=True, blank=True)  # 0..10
    comment = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hire", "month"], name="outcome_once")]

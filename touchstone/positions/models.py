"""Openings, their competency models, and the hiring history that models are learned from."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.accounts.models import Branch, Department
from touchstone.audit.models import StoredFile
from touchstone.common.db import Referenced, Versioned


class Position(Referenced, Versioned):
    """An opening in a department of a branch: one hiring round."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        CLOSED = "closed"

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="positions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120, blank=True)
    description = models.TextField(blank=True)
    industry = models.CharField(max_length=40, blank=True)
    headcount = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    model_version = models.ForeignKey(
        "CompetencyModelVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    blind_first = models.BooleanField(default=True)
    recording_wanted = models.BooleanField(default=True)
    llm_rates = models.BooleanField(default=False)  # a language model reads answers as a rater

    def __str__(self) -> str:
        return self.title


class PositionMember(models.Model):
    """A person's part in one position, beside their roles in the branch."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20)  # recruiter | hiring_manager | interviewer

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "person", "role"], name="member_once")
        ]


class CompetencyModelVersion(Referenced):
    """One version of a position's competency model; never changed once written."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="model_versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()  # MODEL.yaml as data
    sha256 = models.CharField(max_length=64)
    learned = models.JSONField(default=dict)  # what history said: features, n, intervals
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "number"], name="model_version_once")
        ]


class HistoryBatch(Referenced):
    """One imported history file with the column mapping a person confirmed."""

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)
    position = models.ForeignKey(
        Position, null=True, blank=True, on_delete=models.SET_NULL, related_name="history"
    )
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=200)
    mapping = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)  # when its rows were taken in


class PastCase(models.Model):
    """One past applicant or employee: what was seen then, and what became of it."""

    batch = models.ForeignKey(HistoryBatch, on_delete=models.CASCADE, related_name="cases")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE)
    key = models.CharField(max_length=80)  # as the file names the person, pseudonymous
    round_name = models.CharField(max_length=80, blank=True)
    year_month = models.CharField(max_length=7, blank=True)
    features = models.JSONField(default=list)  # concepts found in the resume
    facts = models.JSONField(default=dict)  # what can be counted: years, training projects
    resume_text = models.TextField(blank=True)
    scores = models.JSONField(default=dict)  # dimension -> 0..10 interview score
    hired = models.BooleanField(default=False)
    projects_delivered = models.FloatField(null=True)
    model_improvement = models.FloatField(null=True)  # percentage points
    review = models.FloatField(null=True)  # 0..10
    source_application = models.CharField(max_length=32, blank=True)


class BusinessWish(Referenced):
    """What a business department asks for, in its own words."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="wishes")
    department = models.ForeignKey(Department, null=True, on_delete=models.SET_NULL)
    author = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    created_at = models.DateTimeField()


class ModelDraft(models.Model):
    """What one person is changing in a model and has not published; saved while they type."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    based_on = models.PositiveIntegerField()  # the version it starts from; 0 for none
    document = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "author"], name="model_draft_once")
        ]

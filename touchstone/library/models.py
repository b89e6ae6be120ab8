"""The question bank: questions with rubrics, problems, and how often each was seen."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.common.db import Referenced, Versioned


class Question(Referenced, Versioned):
    """One question of the bank; its text and rubric in both languages stand in `document`."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        RETIRED = "retired"
        SUPERSEDED = "superseded"  # a newer revision took its place

    code = models.CharField(max_length=40)
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ACTIVE)
    kind = models.CharField(max_length=16, db_index=True)  # technical|business|scenario|learning
    dimension = models.CharField(max_length=40, db_index=True)
    industry = models.CharField(max_length=40, blank=True, db_index=True)
    level = models.PositiveSmallIntegerField(default=3)  # 5 五级 lowest … 1 一级 highest
    difficulty = models.PositiveSmallIntegerField(default=3)  # 1 easy … 5 hard
    minutes = models.PositiveSmallIntegerField(default=8)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    family = models.CharField(max_length=60, blank=True)
    indicators = models.CharField(max_length=300, blank=True)  # " tech.data tech.llm "
    words = models.TextField(blank=True)  # everything that a search looks through
    document = models.JSONField()  # as in docs/question-bank.md
    sha256 = models.CharField(max_length=64)
    builtin = models.BooleanField(default=False)
    machine_draft = models.BooleanField(default=False)
    exposures = models.PositiveIntegerField(default=0)  # candidates who saw it, of any round
    created_by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "revision"], name="question_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Problem(Referenced):
    """A programming problem: an ICPC package on disk."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=400)
    languages = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField(default=30)
    difficulty = models.PositiveSmallIntegerField(default=3)
    status = models.CharField(max_length=10, default="active")
    document = models.JSONField(default=dict)
    builtin = models.BooleanField(default=False)
    created_at = models.DateTimeField()


class Exposure(models.Model):
    """A candidate has seen a question; later kits of the round avoid it."""

    question_code = models.CharField(max_length=60, db_index=True)
    round_key = models.CharField(max_length=64, db_index=True)  # the position's ref
    application_ref = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question_code", "application_ref"], name="exposure_once"
            )
        ]


class QuestionDraft(Referenced):
    """A question asked of a language model: waiting, done with a draft to review, or failed."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    wish = models.TextField()  # what the question should be about, in the author's words
    fields = models.JSONField(default=dict)  # kind, dimension, industry, indicators, level …
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    question = models.ForeignKey(Question, null=True, on_delete=models.SET_NULL)
    message = models.JSONField(default=dict)  # why it failed, as a stored message
    tries = models.PositiveSmallIntegerField(default=0)
    asked_by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class TaxonomyVersion(Referenced):
    """One version of the company's own layer over the shipped concepts; never changed or deleted,
    so that what was read by it can be read so again."""

    number = models.PositiveIntegerField(unique=True)
    document = models.JSONField(default=dict)  # differences, as in `engine.text.layer`
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)  # empty: says nothing
    note = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class TaxonomyDraft(models.Model):
    """What one person is changing in the layer and has not saved; kept while they type."""

    author = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="taxonomy_draft"
    )
    based_on = models.PositiveIntegerField(default=0)  # the version it starts from; 0 for none
    document = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    saved_at = models.DateTimeField()

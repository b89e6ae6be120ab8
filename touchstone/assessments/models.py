"""Papers, candidates' attempts at them, submissions, gradings."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.audit.models import StoredFile
from touchstone.common.db import Referenced, Versioned
from touchstone.positions.models import Position
from touchstone.recruiting.models import Application


class TaskKind(models.TextChoices):
    """What a candidate is asked to do."""

    CODING = "coding"
    CASE = "case"
    SCENARIO = "scenario"
    COMMUNICATION = "communication"
    LEARNING = "learning"
    LABELLING = "labelling"
    BAD_CASE = "bad_case"
    PROMPT_REPAIR = "prompt_repair"


EXERCISES = frozenset({TaskKind.LABELLING, TaskKind.BAD_CASE, TaskKind.PROMPT_REPAIR})
"""Kinds whose content is an exercise with variants, not a question of the bank."""


class Paper(Referenced, Versioned):
    """What the candidates of a position are asked to do."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="papers")
    title = models.CharField(max_length=120)
    status = models.CharField(max_length=8, default="draft")  # draft | open | closed
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()


class PaperItem(Referenced):
    """One task of a paper: a problem's or a question's code, minutes, weight."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=TaskKind.choices)
    code = models.CharField(max_length=60)  # of a Question, a Problem or a labelling set
    dimension = models.CharField(max_length=40)
    minutes = models.PositiveSmallIntegerField()
    weight = models.FloatField(default=1.0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["paper", "order"], name="paper_item_order")]


class Attempt(Referenced, Versioned):
    """One candidate's sitting."""

    class Status(models.TextChoices):
        INVITED = "invited"
        STARTED = "started"
        SUBMITTED = "submitted"
        EXPIRED = "expired"

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="attempt"
    )
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="attempts")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.INVITED)
    seed = models.PositiveBigIntegerField()  # chooses the variants
    extra_minutes = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField()
    deadline = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    scores = models.JSONField(default=dict)  # dimension -> 0..100, when graded
    score = models.FloatField(null=True)  # 0..100
    graded_at = models.DateTimeField(null=True, blank=True)


class AttemptItem(Referenced, Versioned):
    """One task of an attempt: the server's clock, the draft as last saved, the answer."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(PaperItem, on_delete=models.PROTECT, related_name="+")
    variant = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    phase = models.CharField(max_length=12, blank=True)  # learning: before | reading | after
    phase_deadline = models.DateTimeField(null=True, blank=True)
    content = models.JSONField(default=dict)  # field name -> what the candidate wrote
    saved_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.FloatField(
        null=True
    )  # 0..100 as it stands: a person's word before the machine's
    needs_human = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "item"], name="attempt_item_once")
        ]


class Submission(Referenced):
    """A program handed in, and the judge's verdict."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        JUDGING = "judging"
        JUDGED = "judged"

    attempt_item = models.ForeignKey(
        AttemptItem, on_delete=models.CASCADE, related_name="submissions"
    )
    language = models.CharField(max_length=12)
    source = models.TextField()
    samples_only = models.BooleanField(default=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    verdict = models.CharField(max_length=3, blank=True)
    score = models.FloatField(null=True)
    result = models.JSONField(default=dict)  # an object of `touchstone judge`
    lease = models.CharField(max_length=32, blank=True)  # only its holder may write the verdict
    created_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True, blank=True)


class Grading(Referenced):
    """One rater's score of one answer: the machine's or a person's. Never changed once written."""

    attempt_item = models.ForeignKey(AttemptItem, on_delete=models.CASCADE, related_name="gradings")
    rater_kind = models.CharField(max_length=8)  # system | person | llm
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    score = models.FloatField()  # 0..10
    points = models.JSONField(default=dict)
    result = models.JSONField(default=dict)  # a row of `touchstone grade` or `claims`
    receipt = models.JSONField(default=dict)
    blind = models.BooleanField(default=False)
    created_at = models.DateTimeField()


class SpokenTake(Referenced):
    """One take of an answer that is spoken; of several, the last complete one counts.

    Its bytes so far lie in storage in pieces. The hash is announced before them, so that what
    arrives after the clock has ended is what was recorded before.
    """

    attempt_item = models.ForeignKey(AttemptItem, on_delete=models.CASCADE, related_name="takes")
    number = models.PositiveSmallIntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    seconds = models.PositiveIntegerField()
    received = models.BigIntegerField(default=0)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    delete_on = models.DateField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["attempt_item", "number"], name="spoken_take_once")
        ]


class SpokenWords(Referenced, Versioned):
    """What was said in a take, by the speech service or typed by a person. It ends with the take.

    A person's words are never replaced by the service's.
    """

    class Status(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        FAILED = "failed"

    take = models.ForeignKey(SpokenTake, on_delete=models.CASCADE, related_name="words")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    source = models.CharField(max_length=8, blank=True)  # speech | person
    failure = models.JSONField(default=dict)  # a message, why there is none
    segments = models.JSONField(default=list)  # [{"start": seconds or null, "end", "text"}]
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["take"], name="spoken_words_once")]

    @property
    def text(self) -> str:
        """The words as they are graded: a line a segment."""
        return "\n".join(str(row["text"]) for row in self.segments)


class IntegritySignal(models.Model):
    """Something the candidate is told of, can see and can comment on; it never decides."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=16)  # paste | focus_lost | similarity
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    comment = models.CharField(max_length=500, blank=True)


class SimilarityRound(models.Model):
    """Comparison of the programs of one problem within one position's round."""

    position = models.ForeignKey(
        Position, on_delete=models.CASCADE, related_name="similarity_rounds"
    )
    code = models.CharField(max_length=60)  # of the problem
    asked_at = models.DateTimeField(null=True, blank=True)  # a comparison waits since then
    computed_at = models.DateTimeField(null=True, blank=True)
    compared = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "code"], name="similarity_round_once")
        ]


class Similarity(Referenced):
    """Two programs with much in common. A note for people; no score and no step rests on it."""

    round = models.ForeignKey(SimilarityRound, on_delete=models.CASCADE, related_name="pairs")
    first = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    first_share = models.FloatField()  # of the first's own code, 0..1
    second_share = models.FloatField()
    runs = models.JSONField(default=list)  # [start, end, other start, other end] in characters

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="similarity_pair_once")
        ]


class ModelUsage(models.Model):
    """What was asked of the language model as a rater on one day (UTC), for the company's limit."""

    day = models.DateField(unique=True)
    requests = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)

"""Candidates, their resumes and applications, screening, links, messages, the talent pool."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.accounts.models import Branch
from touchstone.audit.models import StoredFile
from touchstone.common.db import Referenced, Versioned
from touchstone.positions.models import CompetencyModelVersion, Position


class Candidate(Referenced, Versioned):
    """A person who applied, once however often."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="candidates")
    name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True, db_index=True)
    phone = models.CharField(max_length=24, blank=True, db_index=True)
    language = models.CharField(max_length=2, default="zh")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.ref


class Consent(models.Model):
    """A candidate's word for one purpose, with the text's version and hash."""

    class Purpose(models.TextChoices):
        ASSESSMENT = "assessment"
        RECORDING = "recording"
        TALENT_POOL = "talent_pool"
        TRANSCRIPT = "transcript"
        SPOKEN_ANSWER = "spoken_answer"
        LANGUAGE_MODEL = "language_model"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    granted = models.BooleanField()
    text_version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class ResumeBatch(Referenced):
    """Files brought in together: a folder, a ZIP, a mailbox, an export."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="batches")
    source = models.CharField(max_length=40, default="upload")
    label = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    expected = models.PositiveIntegerField(default=0)  # files received
    repeated = models.PositiveIntegerField(default=0)  # of those, bytes that were here already
    finished_at = models.DateTimeField(null=True, blank=True)


class Resume(Referenced):
    """One file as it came, and what was read from it."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        READ = "read"
        PARTIAL = "partial"
        FAILED = "failed"

    batch = models.ForeignKey(
        ResumeBatch, null=True, on_delete=models.SET_NULL, related_name="resumes"
    )
    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="resumes")
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="resumes"
    )
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64, db_index=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.QUEUED)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=400, blank=True)
    language = models.CharField(max_length=2, default="zh")
    text = models.TextField(blank=True)
    parsed = models.JSONField(default=dict)  # a row of `touchstone parse`
    geometry = models.BinaryField(null=True)  # pages and boxes, packed by engine/resumes
    flags = models.JSONField(default=list)
    company = models.CharField(max_length=120, blank=True)  # the latest; for lists and filters
    title = models.CharField(max_length=120, blank=True)
    degree = models.CharField(max_length=12, blank=True)  # as in the formats document
    years = models.FloatField(null=True)  # of full-time work
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)  # by the job that reads it now
    attached = models.BooleanField(default=False)  # a further file of a person known for certain

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position", "sha256"],
                condition=~models.Q(sha256=""),
                name="resume_bytes_once_in_position",
            )
        ]
        indexes = [
            models.Index(fields=["position", "status"]),
            models.Index(fields=["batch", "status"]),
        ]


class Application(Referenced, Versioned):
    """A candidate for one position, with its stage."""

    class Stage(models.TextChoices):
        APPLIED = "applied"
        SCREENED = "screened"
        INVITED = "invited"  # to the assessment
        ASSESSED = "assessed"
        INTERVIEWING = "interviewing"
        EVALUATED = "evaluated"
        OFFERED = "offered"
        HIRED = "hired"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="applications")
    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="applications")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=14, choices=Stage.choices, default=Stage.APPLIED)
    source = models.CharField(max_length=40, default="upload")
    applied_at = models.DateTimeField()
    stage_since = models.DateTimeField()
    resume = models.ForeignKey(Resume, null=True, on_delete=models.SET_NULL, related_name="+")
    screening = models.ForeignKey(
        "Screening", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    score = models.FloatField(null=True)  # of the current screening, for the list
    recommendation = models.CharField(max_length=8, blank=True)
    overridden = models.BooleanField(default=False)  # the recommendation is a person's word
    flagged = models.BooleanField(default=False)  # the screening carries flags
    # Of the current resume: lists of ten thousand must not touch rows that carry whole texts.
    years = models.FloatField(null=True)
    degree = models.CharField(max_length=12, blank=True)
    language = models.CharField(max_length=2, default="zh")
    human_only = models.BooleanField(default=False)  # the candidate refused automated evaluation
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "position"], name="application_once")
        ]
        indexes = [
            models.Index(fields=["position", "stage", "-score"]),
            models.Index(fields=["position", "-score"]),
        ]


class StageEvent(models.Model):
    """A step of an application: from where to where, who, when, why."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="events")
    from_stage = models.CharField(max_length=14, blank=True)
    to_stage = models.CharField(max_length=14)
    actor_kind = models.CharField(max_length=12)  # person | candidate | system
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=500, blank=True)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(to_stage="rejected")
                | models.Q(person__isnull=False, actor_kind="person"),
                name="only_a_person_rejects",
            )
        ]


class Screening(Referenced):
    """Resume × model: score, recommendation, evidence, receipt. Never changed once written."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="screenings"
    )
    resume = models.ForeignKey(Resume, on_delete=models.CASCADE, related_name="screenings")
    model_version = models.ForeignKey(CompetencyModelVersion, on_delete=models.PROTECT)
    score = models.FloatField()
    decision = models.CharField(max_length=8)  # advance | review | decline
    result = models.JSONField()  # a row of `touchstone screen`
    taxonomy_sha256 = models.CharField(max_length=64, blank=True)  # the company's layer, or none
    created_at = models.DateTimeField()
    override = models.CharField(max_length=8, blank=True)
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    override_reason = models.CharField(max_length=500, blank=True)
    override_at = models.DateTimeField(null=True, blank=True)


class TaxonomyTrial(Referenced):
    """What a draft of the company's concepts would do to past screenings: a person's question and,
    once computed, its answer. It goes when they ask anew, and with what it was asked for."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="taxonomy_trials"
    )
    document = models.JSONField()  # the layer tried
    sha256 = models.CharField(max_length=64, blank=True)
    before_sha256 = models.CharField(max_length=64, blank=True)  # the layer compared with
    positions = models.ManyToManyField(Position, related_name="+")
    most = models.PositiveIntegerField(default=0)  # people a position; 0 for all
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)  # refs and offsets; words are cut when it is shown
    failure = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)


class ConceptTally(models.Model):
    """How many people of a position each concept was credited to by their current screening."""

    position = models.OneToOneField(
        Position, on_delete=models.CASCADE, related_name="concept_tally"
    )
    counts = models.JSONField(default=dict)  # concept → people
    people = models.PositiveIntegerField(default=0)
    newest = models.PositiveBigIntegerField(default=0)  # the last screening counted
    counted_at = models.DateTimeField()


class MailSource(Referenced):
    """A folder of the company's mailbox whose letters are resumes for a position."""

    position = models.OneToOneField(Position, on_delete=models.CASCADE, related_name="mail_source")
    folder = models.CharField(max_length=200, unique=True)
    validity = models.PositiveBigIntegerField(default=0)  # of the last look; see RFC 3501
    last_uid = models.PositiveBigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True, blank=True)
    failure = models.JSONField(default=dict)  # the message of the last failure; empty when it went
    received = models.PositiveIntegerField(default=0)


class DuplicateCase(Referenced):
    """Two records that may be one person; a person says which, and may take it back."""

    class State(models.TextChoices):
        OPEN = "open"
        MERGED = "merged"
        SEPARATE = "separate"

    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="+")
    first = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")  # the older
    second = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField(default=list)  # same_phone | same_email | same_name | similar_text
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    moved = models.JSONField(default=dict)  # what the merge moved, to take it back

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once")
        ]
        indexes = [models.Index(fields=["branch", "state"])]


class PortalLink(Referenced):
    """A signed single-purpose link; only the hash of its token is kept."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=16)  # portal | booking | rsvp
    token_sha256 = models.CharField(max_length=64, unique=True)
    session_sha256 = models.CharField(max_length=64, blank=True)  # the one browser it is tied to
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class OutboxMessage(Referenced):
    """A message to a person: written with the act that causes it, sent once, kept."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        CANCELLED = "cancelled"

    key = models.CharField(max_length=120, unique=True)  # what makes it this message and no other
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8)  # mail | sms | wecom
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=2, default="zh")
    application = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    address = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    ics = models.TextField(blank=True)
    ics_method = models.CharField(max_length=10, blank=True)  # REQUEST | CANCEL
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=400, blank=True)
    outside_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["status", "created_at"])]


class PoolEntry(Referenced):
    """Somebody worth returning to, with consent and an expiry date."""

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="pool_entry")
    branch = models.ForeignKey(Branch, on_delete=models.CASCADE, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    tags = models.JSONField(default=list)
    added_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_contact_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(blank=True)  # what hits are quoted from
    concepts = models.JSONField(default=list)  # concept, strength, start, end in search_text
    dimension_scores = models.JSONField(default=dict)
    terms = models.JSONField(default=dict)  # what it is indexed under, with weights 1..255
    reminded_at = models.DateTimeField(null=True, blank=True)  # asked to agree again


class PoolPosting(models.Model):
    """Who of a stretch of 32,768 pool entries has a term, and how strongly. Arrays, packed by
    `engine.matching.postings`, so that both databases answer alike."""

    term = models.CharField(max_length=80)
    segment = models.PositiveIntegerField()
    ids = models.BinaryField()
    weights = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "segment"], name="posting_once")]


class PoolRecent(models.Model):
    """What an entry is indexed under since lately, until a job packs it into `PoolPosting`. It goes
    before what is packed; weight 0 takes the entry out."""

    term = models.CharField(max_length=80)
    number = models.PositiveBigIntegerField(db_index=True)  # of the entry
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "number"], name="recent_once")]


class PoolSearch(Referenced):
    """A search of the pool that somebody comes back to."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pool_searches"
    )
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=400, blank=True)
    filters = models.JSONField(default=list)  # [fact, value]
    tell = models.BooleanField(default=True)  # by letter, when somebody new is found
    looked_to = models.PositiveBigIntegerField(default=0)  # the newest entry when last looked at
    told_to = models.PositiveBigIntegerField(default=0)  # the newest entry a letter spoke of
    looked_at = models.DateTimeField()
    created_at = models.DateTimeField()


class PoolSuggestion(models.Model):
    """How many of the pool fitted a position when it opened."""

    position = models.OneToOneField(
        Position, on_delete=models.CASCADE, related_name="pool_suggestion"
    )
    fits = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)  # somebody who runs it has looked


class CandidateNote(Referenced):
    """What a colleague wants to remember about a person."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    remind_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()


class CandidateRequest(Referenced):
    """What a candidate asked for: explanation, human review, a copy, or deletion of their data."""

    application = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="requests"
    )
    candidate = models.ForeignKey(Candidate, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=16)  # explanation | human_review | copy | deletion
    text = models.TextField(blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.TextField(blank=True)

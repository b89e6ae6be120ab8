"""The append-only log and every stored file with its purpose and expiry."""

from __future__ import annotations

from django.db import models

from touchstone.common.db import Referenced


class ChainHead(models.Model):
    """One row: the last event's number and hash. Locked while an event is appended."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)


class AuditEvent(models.Model):
    """Who did what to which thing, when. Each event's hash covers the one before it."""

    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=12)  # person | candidate | system
    actor_ref = models.CharField(max_length=32, blank=True)
    actor_name = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=64, db_index=True)  # "application.moved"
    object_type = models.CharField(max_length=40)
    object_ref = models.CharField(max_length=64)
    branch_ref = models.CharField(max_length=32, blank=True, db_index=True)
    detail = models.JSONField(default=dict)
    before_hash = models.CharField(max_length=64, blank=True)
    after_hash = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["object_type", "object_ref"])]
        ordering = ["seq"]


class StoredFile(Referenced):
    """A file in our storage: kept as it came, found by its hash, with purpose and expiry."""

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120, blank=True)
    original_name = models.CharField(max_length=255)
    storage_key = models.CharField(max_length=255)
    purpose = models.CharField(max_length=40)  # resume | recording | case | import | report …
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)


class Webhook(Referenced):
    """An address of another system that is told of events as they are recorded."""

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=400)
    secret = models.CharField(max_length=64)  # signs every delivery
    events = models.JSONField(default=list)  # beginnings of actions: "application", "report.issued"
    branch_ref = models.CharField(max_length=32, blank=True)  # empty: the whole group
    created_by = models.CharField(max_length=32)  # a person's ref
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)


class WebhookCursor(models.Model):
    """One row: up to which event deliveries have been written."""

    seq = models.BigIntegerField(default=0)


class WebhookDelivery(Referenced):
    """One event for one address: what is sent, and what came of it."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    seq = models.BigIntegerField()
    event = models.CharField(max_length=64)
    payload = models.JSONField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "seq"], name="event_delivered_once")
        ]

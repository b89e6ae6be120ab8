"""What the task table lacks: who holds a running task, until when, and how often it was tried."""

from __future__ import annotations

from django.db import models


class JobLease(models.Model):
    """One task's holder. Only the bearer of `token` may write the task's end."""

    job = models.OneToOneField(
        "django_tasks_database.DBTaskResult",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="lease",
    )
    token = models.CharField(max_length=32)
    holder = models.CharField(max_length=80)
    expires_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)


class Schedule(models.Model):
    """A task that comes back: exactly one node moves `next_at` on and enqueues it."""

    name = models.CharField(max_length=60, unique=True)
    next_at = models.DateTimeField()

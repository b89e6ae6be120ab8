"""Proposals to change the process: accepted or not, and what the change did."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from touchstone.common.db import Referenced
from touchstone.positions.models import Position


class Proposal(Referenced):
    """Something the records suggest changing, with the data it rests on."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    message = models.JSONField()  # {"id", "args"}
    data = models.JSONField(default=dict)
    status = models.CharField(max_length=10, default="open")  # open | accepted | declined
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "kind", "subject"], name="proposal_once")
        ]

"""Reads of accounts."""

from __future__ import annotations

from django.db.models import QuerySet

from touchstone.accounts.models import Person


def demo_people() -> QuerySet[Person]:
    """The people a demo offers to sign in as, with department, branch and roles."""
    return (
        Person.objects.filter(is_active=True)
        .select_related("department", "branch")
        .prefetch_related("roles")
        .order_by("pk")
    )

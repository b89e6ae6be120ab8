"""The round's messages go out at the time they were written."""

from __future__ import annotations

from touchstone.common.errors import OutsideError
from touchstone.demo.run.stage import Scene
from touchstone.recruiting.models import OutboxMessage
from touchstone.recruiting.services.sending import message_send


def deliver_messages(scene: Scene) -> None:
    """Sends what waits; a message that cannot be sent keeps its reason and shows in the outbox."""
    waiting = list(OutboxMessage.objects.filter(status="waiting").order_by("created_at", "pk"))
    refused = 0
    for message in scene.progress.each(waiting, len(waiting)):
        try:
            message_send(ref=message.ref, at=message.created_at)
        except OutsideError:
            refused += 1
    scene.progress.done(f"{len(waiting) - refused} sent, {refused} refused")

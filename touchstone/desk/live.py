"""Live updates: one hub in each process watches the rooms' version counters for all its readers.

A counter per room rises in the transaction of every change; the hub reads the counters of the rooms
that somebody follows a few times a second, with one query for all of them, and passes on those that
rose. Readers then fetch what changed. Any number of web processes do so side by side.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, close_old_connections

from touchstone.interviews.models import Interview

log = logging.getLogger("touchstone.web")

POLL_S = 0.25
TICK_S = 10.0
Versions = Mapping[int, int]


def read_versions(rooms: Iterable[int]) -> Versions:
    """The counters of these rooms now."""
    close_old_connections()
    return dict(Interview.objects.filter(pk__in=list(rooms)).values_list("pk", "room_version"))


class Hub:
    """Follows counters for every reader of one event loop.

    Args:
        read: reads the counters of some rooms; runs in a thread of its own.
        poll_s: seconds between two looks.
    """

    def __init__(
        self, read: Callable[[Iterable[int]], Versions] = read_versions, poll_s: float = POLL_S
    ) -> None:
        self._read = read
        self._poll_s = poll_s
        self._readers: dict[int, set[asyncio.Queue[int]]] = defaultdict(set)
        self._known: dict[int, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")

    async def follow(self, room: int, tick_s: float = TICK_S) -> AsyncIterator[int | None]:
        """Yields the counter whenever it rose, and None every ``tick_s`` seconds without news."""
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._readers[room].add(queue)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        if room in self._known:
            queue.put_nowait(self._known[room])
        try:
            while True:
                try:
                    version = await asyncio.wait_for(queue.get(), tick_s)
                    while not queue.empty():
                        version = queue.get_nowait()
                    yield version
                except TimeoutError:
                    yield None
        finally:
            self._readers[room].discard(queue)
            if not self._readers[room]:
                self._readers.pop(room, None)
                self._known.pop(room, None)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        pause = self._poll_s
        while self._readers:
            try:
                rooms = list(self._readers)
                for room, version in (
                    await loop.run_in_executor(self._thread, self._read, rooms)
                ).items():
                    if self._known.get(room) != version and room in self._readers:
                        self._known[room] = version
                        for queue in self._readers[room]:
                            queue.put_nowait(version)
                pause = self._poll_s
            except DatabaseError:
                log.warning("live updates: database unavailable")
                pause = min(5.0, pause * 2)
            await asyncio.sleep(pause)


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]

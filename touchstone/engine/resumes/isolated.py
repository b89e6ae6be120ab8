"""Reading many files in processes that can be killed: a bad file costs itself and nothing else.

Each worker is one process that reads file after file within limits on time and memory. A file
that hangs, crashes its worker or eats its memory is refused, and the worker is replaced. Files
that need recognition go to one worker of their own, whose limits are wider.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from touchstone.common.errors import UnreadableFile
from touchstone.common.messages import Message
from touchstone.engine.resumes.document import Document, Limits
from touchstone.engine.resumes.extract import DEFAULT_LIMITS
from touchstone.engine.resumes.files import Source
from touchstone.engine.resumes.ocr import ocr_available
from touchstone.engine.resumes.refusal import refuse
from touchstone.engine.resumes.resume import ParsedResume

_FILES_A_WORKER = 2000  # then a fresh one, whatever the libraries may have leaked
_WINDOW = 400  # results that may wait for an earlier file to finish
_PATIENCE = 6  # times its limit a reader may take on a machine that leaves it too little processor
_LOOK_AGAIN_S = 0.5
_STUCK_SHARE = 0.05  # of the time that passed; a reader that used less of the processor hangs
_TICKS = os.sysconf("SC_CLK_TCK")
_AHEAD_BYTES = 60_000  # a file this small fits the pipe while its worker is still busy


@dataclass(frozen=True, slots=True)
class Reading:
    """One file read: what it says and what that means."""

    name: str
    document: Document
    resume: ParsedResume


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do with every file; pickled, so ``then`` is a function of a module."""

    as_of: dt.date
    limits: Limits
    geometry: bool
    ocr: bool
    then: Callable[[Reading], Any] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A worker's word on one file. ``cause`` is for logs: it may quote nothing of the file."""

    value: Any = None
    refusal: tuple[str, Message] | None = None
    needs_ocr: bool = False
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: ``value`` (what ``then`` returned, else a `Reading`) or a refusal."""

    source: Source
    value: Any = None
    refusal: UnreadableFile | None = None


@dataclass(slots=True)
class _Task:
    number: int
    source: Source
    fallback: Answer | None = None  # what was read before recognition was tried


@dataclass(slots=True)
class _Worker:
    """A process, its connection, and the files it has been sent and not answered."""

    process: subprocess.Popen[bytes] | BaseProcess
    connection: Connection
    limit_s: float
    tasks: deque[_Task] = field(default_factory=deque)
    since: float = 0.0
    used_before_s: float = 0.0
    done: int = 0

    def begin(self) -> None:
        """Counts from now on what the file costs that is read next."""
        self.since = time.monotonic()
        self.used_before_s = _processor_s(self.process.pid) or 0.0

    def is_overdue(self, now: float) -> bool:
        """Whether a file has cost more than it may: processor time, so that one is not refused
        because the machine is busy; by the clock where a reader hangs, or in any case late."""
        passed = now - self.since
        if passed <= self.limit_s:
            return False
        used = _processor_s(self.process.pid)
        if used is None or passed > _PATIENCE * self.limit_s:
            return True
        used -= self.used_before_s
        return used > self.limit_s or used < _STUCK_SHARE * passed

    def look_at(self, now: float) -> float:
        """When to look again whether it is overdue."""
        end = self.since + self.limit_s
        return end if end > now else now + _LOOK_AGAIN_S

    def stop(self) -> None:
        self.connection.close()
        self.process.kill()
        if isinstance(self.process, BaseProcess):
            self.process.join()
        else:
            self.process.wait()


def _processor_s(pid: int | None) -> float | None:
    """Processor seconds a process has used; None where that cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _start(orders: Orders, *, fork: bool) -> _Worker:
    ours, theirs = Pipe()
    process = _forked(theirs) if fork else _spawned(theirs)
    theirs.close()
    ours.send(orders)
    limit = orders.limits.ocr_time_s if orders.ocr else orders.limits.time_s
    return _Worker(process, ours, limit)


def _spawned(theirs: Connection) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "touchstone.engine.resumes.worker", str(theirs.fileno())],
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _forked(theirs: Connection) -> BaseProcess:
    from touchstone.engine.resumes.worker import serve_forked

    process = get_context("fork").Process(target=serve_forked, args=(theirs.fileno(),), daemon=True)
    process.start()
    return process


class ReaderPool:
    """Workers that read files; a context manager, because processes have to be ended.

    Args:
        as_of: what "until now" means in a resume.
        then: a module's function that makes of each `Reading` what the caller wants, in the
            worker, so that it runs in parallel and only its result travels.
        workers: processes; 0 for all cores.
        limits: what one file may cost.
        geometry: keep the box of every character.
        ocr: recognise pictures, where that is installed.
        fork: start workers as copies of this process, a fifth of a second sooner; only where this
            process has a single thread, as commands have and servers have not.
    """

    def __init__(
        self,
        as_of: dt.date,
        *,
        then: Callable[[Reading], Any] | None = None,
        workers: int = 0,
        limits: Limits = DEFAULT_LIMITS,
        geometry: bool = False,
        ocr: bool = True,
        fork: bool = False,
    ) -> None:
        self._orders = Orders(as_of, limits, geometry, ocr=False, then=then)
        self._ocr_orders = Orders(as_of, limits, geometry, ocr=True, then=then)
        self._size = workers or os.cpu_count() or 1
        self._ocr = ocr and ocr_available()
        self._fork = fork
        self._readers: list[_Worker] = []
        self._recogniser: _Worker | None = None
        self._to_recognise: deque[_Task] = deque()
        self._to_read: deque[_Task] = deque()

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers():
            worker.stop()
        self._readers = []
        self._recogniser = None

    def read(self, sources: Iterable[Source], *, ordered: bool = True) -> Iterator[Outcome]:
        """Reads files as they come.

        Args:
            sources: read lazily, only as far ahead as the workers need.
            ordered: outcomes in the order of the sources, else as each is ready.
        """
        waiting: dict[int, Outcome] = {}
        incoming = enumerate(sources)
        exhausted = False
        next_number = 0
        count = 0
        while True:
            while not exhausted and self._hungry() and count - next_number < _WINDOW:
                number, source = next(incoming, (-1, None))
                if source is None:
                    exhausted = True
                    break
                count += 1
                if source.refusal is not None:
                    waiting[number] = Outcome(source, refusal=source.refusal)
                else:
                    self._to_read.append(_Task(number, source))
                    self._feed()
            waiting.update(self._collect(block=not self._ready(waiting, next_number, ordered)))
            while waiting and (not ordered or next_number in waiting):
                yield waiting.pop(next_number if ordered else next(iter(waiting)))
                next_number += 1
            if exhausted and next_number == count:
                return

    @staticmethod
    def _ready(waiting: dict[int, Outcome], next_number: int, ordered: bool) -> bool:
        return next_number in waiting if ordered else bool(waiting)

    def _workers(self) -> list[_Worker]:
        return [*self._readers, *([self._recogniser] if self._recogniser else [])]

    def _hungry(self) -> bool:
        idle = len(self._readers) < self._size or any(len(w.tasks) < 2 for w in self._readers)
        return idle and not self._to_read

    def _feed(self) -> None:
        """Gives waiting files to workers that have room."""
        while self._to_read:
            worker = self._reader_for(self._to_read[0])
            if worker is None:
                break
            self._send(worker, self._to_read.popleft())
        if self._to_recognise and (self._recogniser is None or not self._recogniser.tasks):
            if self._recogniser is None:
                self._recogniser = _start(self._ocr_orders, fork=self._fork)
            self._send(self._recogniser, self._to_recognise.popleft())

    def _reader_for(self, task: _Task) -> _Worker | None:
        idle = next((w for w in self._readers if not w.tasks), None)
        if idle:
            return idle
        if len(self._readers) < self._size:
            worker = _start(self._orders, fork=self._fork)
            self._readers.append(worker)
            return worker
        if len(task.source.data) > _AHEAD_BYTES:
            return None
        return next((w for w in self._readers if len(w.tasks) == 1), None)

    def _send(self, worker: _Worker, task: _Task) -> None:
        if not worker.tasks:
            worker.begin()
        worker.tasks.append(task)
        try:
            worker.connection.send((task.source.name, task.source.data))
        except (BrokenPipeError, ConnectionResetError):
            # It died between two files; `_collect` finds the connection closed and replaces it.
            return

    def _collect(self, *, block: bool) -> list[tuple[int, Outcome]]:
        """Answers that have come; with ``block``, waits for one."""
        busy = {w.connection: w for w in self._workers() if w.tasks}
        if not busy:
            self._feed()
            return []
        now = time.monotonic()
        remaining = min(w.look_at(now) for w in busy.values()) - now
        ready: list[Any] = list(wait(list(busy), timeout=max(0.0, remaining) if block else 0))
        finished: list[tuple[int, Outcome]] = []
        for connection in ready:
            finished.extend(self._receive(busy[connection]))
        now = time.monotonic()
        for worker in self._workers():
            if worker.tasks and worker.connection not in ready and worker.is_overdue(now):
                error = refuse("too_slow", seconds=round(worker.limit_s))
                finished.extend(self._lost(worker, error))
        self._feed()
        return finished

    def _receive(self, worker: _Worker) -> list[tuple[int, Outcome]]:
        try:
            answer: Answer = worker.connection.recv()
        except (EOFError, OSError):
            return self._lost(worker, refuse("reader_crashed"))
        task = worker.tasks.popleft()
        worker.begin()
        worker.done += 1
        if worker.done >= _FILES_A_WORKER and not worker.tasks:
            self._retire(worker)
        if answer.needs_ocr and worker is not self._recogniser:
            if self._ocr:
                task.fallback = answer if answer.value is not None else None
                self._to_recognise.append(task)
                return []
            if answer.value is None:
                return [(task.number, Outcome(task.source, refusal=refuse("ocr_unavailable")))]
        return [(task.number, _outcome(task, answer))]

    def _retire(self, worker: _Worker) -> None:
        worker.stop()
        if worker is self._recogniser:
            self._recogniser = None
        else:
            self._readers.remove(worker)

    def _lost(self, worker: _Worker, error: UnreadableFile) -> list[tuple[int, Outcome]]:
        """Ends a worker; its current file is refused, what it was sent ahead goes to another."""
        task = worker.tasks.popleft()
        self._to_read.extendleft(reversed(worker.tasks))
        worker.tasks.clear()
        self._retire(worker)
        if task.fallback is not None:
            return [(task.number, _outcome(task, task.fallback))]
        return [(task.number, Outcome(task.source, refusal=error))]


def _outcome(task: _Task, answer: Answer) -> Outcome:
    if answer.refusal is None:
        return Outcome(task.source, value=answer.value)
    if task.fallback is not None:
        return Outcome(task.source, value=task.fallback.value)
    reason, message = answer.refusal
    return Outcome(task.source, refusal=UnreadableFile(reason, message))

"""One place to run programs in, one after another: a warm parent and what watches its children.

The supervisor never enters the sandbox. It hands in files and a pipe, watches processor time,
memory and elapsed time from outside, ends the run by its process descriptor, and brings outputs
out through a descriptor of the run's folder.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from touchstone.common.messages import say
from touchstone.integrations.sandbox import seccomp
from touchstone.integrations.sandbox.cgroups import Group, Groups, GroupUsage
from touchstone.integrations.sandbox.collect import RefusedOutput, plain_name, read_output
from touchstone.integrations.sandbox.environment import Interpreter
from touchstone.integrations.sandbox.processes import machine_memory, tree_usage
from touchstone.integrations.sandbox.runs import MIB, Job, Limits, Outcome, Run, SandboxUnavailable

logger = logging.getLogger("touchstone.sandbox")
SCRIPT = Path(__file__).with_name("warm_parent.py")
MESSAGE_BYTES = 1 << 18
START_TIMEOUT_S = 60.0
STAGE_TIMEOUT_S = 20.0
POLL_S = 0.01
OWN_PROCESSES = 2  # the launcher's own, in the group before the program is
STDERR_BYTES = 64 * 1024
PIPE_BYTES = 1 << 20
CPU_GRACE_S = 0.25  # so that a run a little over the limit is measured, not cut off
CPU_GRACE_RATIO = 0.5
WALL_PATIENCE = 4  # a program that computes on a busy machine is waited for this much longer
BUSY_SHARE = 0.3
DATA_SLACK_KIB = 256 * 1024
SPACE_SLACK_KIB = 4 * 1024 * 1024  # page tables of memory only reserved are seen by no limit
SPACE_RESERVED_KIB = 32 * 1024 * 1024  # for run-time systems that reserve far more than they use
OPEN_FILES = 64
MOST_SOCKETS = 64  # of all processes; the buffers of each are memory that no process shows
GUARD_S = 0.1
LEAST_AVAILABLE = 1 / 16  # of the machine's memory
UNSEEN_SLACK_KIB = 1024 * 1024
MACHINE_LEARNING_IMPORTS = (
    "numpy",
    "numpy.random",
    "scipy.sparse",
    "scipy.stats",
    "pandas",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.neighbors",
    "sklearn.cluster",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "sklearn.pipeline",
    "sklearn.metrics",
    "sklearn.feature_extraction.text",
)
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/box",
    "TMPDIR": "/tmp",  # noqa: S108 - the run's own, inside its namespace
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "JOBLIB_MULTIPROCESSING": "0",
}


def root_layout(interpreter: Interpreter) -> dict[str, Any]:
    """What of the host's files is seen inside, all of it read-only."""
    links, binds = [], ["/usr", str(interpreter.folder)]
    for name in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        path = Path(name)
        if path.is_symlink():
            links.append((name, str(path.readlink())))
        elif path.is_dir():
            binds.append(name)
    etc = [Path("/etc/ld.so.cache"), Path("/etc/alternatives"), *Path("/etc").glob("java-*")]
    binds += [str(path) for path in etc if path.exists()]
    return {"links": links, "binds": binds}


@dataclass
class _Watch:
    """What is known of one run while it lasts."""

    started: float
    own_processes: int = 1
    pid_fd: int = -1
    box_fd: int = -1
    outcome: Outcome = "exited"
    done: dict[str, Any] | None = None
    detail: str = ""
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    peak_kib: int = 0
    cpu_s: float = 0.0
    leftover: int = 0
    available_kib: int = 0
    next_guard: float = 0.0
    group: Group | None = None

    def close(self) -> None:
        if self.group is not None:
            self.group.close()
        for fd in (self.pid_fd, self.box_fd):
            if fd >= 0:
                os.close(fd)

    def end(self, outcome: Outcome) -> None:
        """Ends the run from outside; the first reason stays."""
        if self.outcome == "exited":
            self.outcome = outcome
        if self.pid_fd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pid_fd, signal.SIGKILL)
        if self.group is not None:
            self.group.kill()


class Slot:
    """Runs one job at a time under one user id.

    Args:
        interpreter: the sandbox's own Python.
        uid: user and group id to run under when this process is root; otherwise ours is used.
        machine_learning: load the libraries into the parent.
        lifetime: runs after which the parent is replaced, so that its hash seed and its memory
            layout do not stay the same for long.
        groups: makes a control group for each run, where that is delegated to us.
    """

    def __init__(
        self,
        interpreter: Interpreter,
        *,
        uid: int,
        machine_learning: bool,
        lifetime: int = 200,
        groups: Groups | None = None,
    ) -> None:
        self._interpreter = interpreter
        self._uid = uid
        self._imports = MACHINE_LEARNING_IMPORTS if machine_learning else ()
        self._lifetime = lifetime
        self._groups = groups
        self._runs = 0
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()

    def run(self, job: Job, *, stdin_fd: int = -1, stdout_fd: int = -1) -> Run:
        """Runs the job and returns what was seen.

        Args:
            job: what to run; names of its files were checked here once more.
            stdin_fd: read from this descriptor in place of ``job.stdin``.
            stdout_fd: write to this descriptor; `Run.stdout` is then empty.

        Raises:
            SandboxUnavailable: the parent cannot be started.
        """
        if not all(plain_name(name) for name in (*job.files, *job.collect)):
            raise ValueError("a file name leaves the working folder")
        with self._lock:
            if self._runs >= self._lifetime:
                self._stop()
            control = self._ready()
            self._runs += 1
            # bubblewrap stays above a command
            watch = _Watch(time.monotonic(), own_processes=1 if job.kind == "python" else 2)
            watch.group = self._group(job)
            try:
                self._attend(control, job, watch, stdin_fd, stdout_fd)
            except (OSError, EOFError) as error:
                watch.end("failed")
                watch.outcome = "failed"
                watch.detail = watch.detail or f"{type(error).__name__}: {error}"
                self._stop()
            try:
                return _result(job, watch)
            finally:
                watch.close()

    def warm(self) -> None:
        """Starts the parent ahead of the first run."""
        with self._lock:
            self._ready()

    def close(self) -> None:
        """Ends the parent and everything below it."""
        with self._lock:
            self._stop()

    def _ready(self) -> socket.socket:
        if self._control is None:
            self._start()
        assert self._control is not None
        return self._control

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"LD_LIBRARY_PATH": str(self._interpreter.libraries)}
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = {"user": self._uid, "group": self._uid, "extra_groups": []}
        command = [str(self._interpreter.program), "-I", "-B", "-c", SCRIPT.read_text("utf-8")]
        try:
            with theirs:
                self._parent = subprocess.Popen(
                    [*command, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env=environment,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    **identity,
                )
            self._control = ours
            self._runs = 0
            self._greet(ours)
        except (OSError, EOFError) as error:
            detail = self._complaint() or str(error)
            self._control = ours
            self._stop()
            raise SandboxUnavailable(say("judging.parent_failed", detail=detail)) from error

    def _greet(self, control: socket.socket) -> None:
        greeting = root_layout(self._interpreter) | {
            "filter": seccomp.program().hex(),
            "environment": ENVIRONMENT,
            "imports": self._imports,
        }
        control.settimeout(START_TIMEOUT_S)
        control.send(json.dumps(greeting).encode())
        reply, fds = _receive(control)
        for fd in fds:
            os.close(fd)
        if reply["kind"] != "ready":
            raise OSError(reply.get("text", "the warm parent did not start"))

    def _complaint(self) -> str:
        parent = self._parent
        if parent is None or parent.stderr is None:
            return ""
        parent.kill()
        lines = parent.stderr.read(20_000).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def _stop(self) -> None:
        if self._control is not None:
            with contextlib.suppress(OSError):  # the parent may have gone first
                self._control.shutdown(socket.SHUT_RDWR)  # reaches it past copies in forks
            self._control.close()
            self._control = None
        if self._parent is not None:
            try:
                self._parent.wait(timeout=STAGE_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._parent.kill()
                self._parent.wait()
            if self._parent.stderr is not None:
                self._parent.stderr.close()
            self._parent = None

    def _group(self, job: Job) -> Group | None:
        """A control group for the run; without one the other limits hold it as everywhere."""
        if self._groups is None:
            return None
        handed_in = sum(map(len, job.files.values())) + len(job.stdin)
        files = job.limits.file_bytes + handed_in  # in memory, on the account of the run
        try:
            return self._groups.open(
                memory_bytes=job.limits.memory_kib * 1024 + files,
                processes=job.limits.processes + OWN_PROCESSES,
            )
        except OSError as error:
            logger.warning("sandbox: no control group for a run (%s)", error)
            return None

    def _attend(
        self, control: socket.socket, job: Job, watch: _Watch, stdin_fd: int, stdout_fd: int
    ) -> None:
        payload = memory_file(b"".join(job.files.values()))
        stdin = os.dup(stdin_fd) if stdin_fd >= 0 else memory_file(job.stdin, read_only=True)
        out_reader, out_writer = os.pipe() if stdout_fd < 0 else (-1, os.dup(stdout_fd))
        err_reader, err_writer = os.pipe()
        door = -1
        try:
            handed = [payload, stdin, out_writer, err_writer]
            if watch.group is not None:
                door = watch.group.door()
                handed.append(door)
            control.settimeout(STAGE_TIMEOUT_S)
            socket.send_fds(control, [_request(job)], handed)
            for fd in handed:
                os.close(fd)
            payload = stdin = out_writer = err_writer = door = -1
            watch.started = time.monotonic()
            _watch_run(control, job.limits, watch, out_reader, err_reader)
        finally:
            for fd in (payload, stdin, out_reader, out_writer, err_reader, err_writer, door):
                if fd >= 0:
                    os.close(fd)


def memory_file(content: bytes, *, read_only: bool = False) -> int:
    """A descriptor of a file in memory; ``read_only``: not to be written through it."""
    fd = os.memfd_create("touchstone", os.MFD_CLOEXEC)
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    if not read_only:
        return fd
    reader = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)
    os.close(fd)
    return reader


def _request(job: Job) -> bytes:
    limits = job.limits
    cpu_s = int(limits.cpu_s * (1 + CPU_GRACE_RATIO) + CPU_GRACE_S) + 1
    kernel: dict[str, tuple[int, int]] = {
        "CORE": (0, 0),
        "CPU": (cpu_s, cpu_s + 1),
        "FSIZE": (limits.file_bytes, limits.file_bytes),
        "NOFILE": (OPEN_FILES, OPEN_FILES),
        "NPROC": (limits.processes, limits.processes),
        "STACK": (256 * MIB, 256 * MIB),
        "MEMLOCK": (0, 0),
        "MSGQUEUE": (0, 0),
        "SIGPENDING": (256, 256),
    }
    if job.bounded_data:
        data = (limits.memory_kib + DATA_SLACK_KIB) * 1024
        kernel["DATA"] = (data, data)
    space = (
        limits.memory_kib + (SPACE_SLACK_KIB if job.bounded_data else SPACE_RESERVED_KIB)
    ) * 1024
    kernel["AS"] = (space, space)
    files = [
        (name, len(content), 0o755 if name in job.executable else 0o644)
        for name, content in job.files.items()
    ]
    return json.dumps(
        {
            "kind": job.kind,
            "files": files,
            "check": job.program if job.kind == "python" else (),
            "argv": job.program if job.kind == "command" else (),
            "arguments": job.arguments,
            "limits": kernel,
            "tmpfs_bytes": limits.file_bytes + sum(size for _, size, _ in files),
            "tmpfs_inodes": limits.files + len(files) + 16,
        }
    ).encode()


def _receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    data, fds, _, _ = socket.recv_fds(control, MESSAGE_BYTES, 4, socket.MSG_CMSG_CLOEXEC)
    if not data:
        raise EOFError("the warm parent is gone")
    reply: dict[str, Any] = json.loads(data)
    return reply, fds


def _watch_run(
    control: socket.socket, limits: Limits, watch: _Watch, out_reader: int, err_reader: int
) -> None:
    """Returns when the run is over and both of its streams have ended."""
    poll = select.poll()
    streams = {err_reader: watch.stderr}
    if out_reader >= 0:
        streams[out_reader] = watch.stdout
    for fd in (control.fileno(), *streams):
        poll.register(fd, select.POLLIN)
    next_look = watch.started + 2 * POLL_S
    while watch.done is None or streams:
        now = time.monotonic()
        if now >= next_look:
            _look(limits, watch, now)
            next_look = now + POLL_S
        for fd, _ in poll.poll(max(0.0, next_look - now) * 1000):
            if fd == control.fileno():
                if _take_message(control, watch):
                    poll.unregister(fd)
            elif not _drain(fd, streams[fd], watch, limits, is_stdout=fd == out_reader):
                poll.unregister(fd)
                del streams[fd]


def _take_message(control: socket.socket, watch: _Watch) -> bool:
    """Notes what the parent or its child says; True once the run is over."""
    reply, fds = _receive(control)
    kind = reply["kind"]
    if kind == "started":
        (watch.pid_fd,) = fds
    elif kind == "box":
        (watch.box_fd,) = fds
    elif kind == "compile_error":
        watch.outcome, watch.detail = "compile_error", reply["text"]
    elif kind == "failed":
        watch.outcome, watch.detail = "failed", reply["text"]
    elif kind == "done":
        watch.done = reply
    return bool(kind == "done")


def _drain(fd: int, kept: bytearray, watch: _Watch, limits: Limits, *, is_stdout: bool) -> bool:
    """Takes what the pipe holds, keeping no more than the limit; False at its end."""
    block = os.read(fd, PIPE_BYTES)
    limit = limits.output_bytes if is_stdout else STDERR_BYTES
    room = limit - len(kept)
    kept += block[:room]
    if is_stdout and len(block) > room:
        watch.end("output")
    return bool(block)


def _look(limits: Limits, watch: _Watch, now: float) -> None:
    """Compares the run with its limits, from outside."""
    wall_s = now - watch.started
    if watch.pid_fd < 0:
        if wall_s > STAGE_TIMEOUT_S:
            raise OSError("the run did not start")
        return
    if watch.done is not None:
        if wall_s > limits.wall_s * WALL_PATIENCE + STAGE_TIMEOUT_S:
            raise OSError("a stream stayed open after the run")
        return
    if now >= watch.next_guard:
        watch.next_guard = now + GUARD_S
        _guard_machine(limits, watch)
    usage = tree_usage(watch.pid_fd)
    watch.peak_kib = max(watch.peak_kib, usage.memory_kib)
    watch.cpu_s = max(watch.cpu_s, usage.cpu_s, watch.group.cpu_s() if watch.group else 0.0)
    if not usage.ending and usage.processes >= watch.own_processes:
        watch.leftover = usage.processes - watch.own_processes
    if usage.memory_kib > limits.memory_kib or usage.sockets > MOST_SOCKETS:
        watch.end("memory")
    elif usage.threads >= limits.processes:
        watch.end("processes")
    elif watch.cpu_s > limits.cpu_s * (1 + CPU_GRACE_RATIO) + CPU_GRACE_S:
        watch.end("time")
    elif wall_s > limits.wall_s * WALL_PATIENCE or (
        wall_s > limits.wall_s and watch.cpu_s < BUSY_SHARE * wall_s
    ):
        watch.end("wall")


def _guard_machine(limits: Limits, watch: _Watch) -> None:
    """Ends a run while the machine runs short of memory that the run's own figures do not show.

    What used it up is not certain, so the run counts as failed and is judged again.
    """
    memory = machine_memory()
    watch.available_kib = watch.available_kib or memory.available_kib
    used_kib = watch.available_kib - memory.available_kib
    short = memory.available_kib < LEAST_AVAILABLE * memory.total_kib
    if short and used_kib > limits.memory_kib + UNSEEN_SLACK_KIB:
        watch.end("failed")
        watch.detail = f"the machine ran short of memory: {memory.available_kib // 1024} MiB left"


def _result(job: Job, watch: _Watch) -> Run:
    done = watch.done or {"status": 0, "cpu_s": 0.0, "memory_kib": 0}
    files, refused = {}, {}
    disk_full = False
    counted = watch.group.usage() if watch.group is not None else GroupUsage(0.0, 0, 0, 0)
    if counted.out_of_memory:
        watch.end("memory")
        watch.peak_kib = max(watch.peak_kib, counted.peak_kib)
    elif counted.refused_processes:
        watch.end("processes")
    if watch.box_fd >= 0:
        space = os.fstatvfs(watch.box_fd)
        disk_full = space.f_bavail == 0 or space.f_favail == 0
        for name in job.collect:
            try:
                files[name] = read_output(watch.box_fd, name, job.collect_bytes)
            except RefusedOutput as error:
                refused[name] = error.reason
    return Run(
        outcome=watch.outcome,
        status=os.waitstatus_to_exitcode(done["status"]),
        # a child never waited for is not in the last
        cpu_s=max(watch.cpu_s, counted.cpu_s, done["cpu_s"]),
        wall_s=time.monotonic() - watch.started,
        memory_kib=max(watch.peak_kib, done["memory_kib"]),
        stdout=bytes(watch.stdout),
        stderr=bytes(watch.stderr),
        leftover_processes=watch.leftover if watch.outcome == "exited" else 0,
        disk_full=disk_full,
        files=files,
        refused=refused,
        detail=watch.detail,
    )

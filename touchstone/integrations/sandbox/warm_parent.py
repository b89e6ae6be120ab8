"""The warm parent: runs inside the sandbox, imports what programs import, forks one per run.

It is handed to the sandbox's own interpreter as text (``python -I -c``), so it imports nothing of
Touchstone. It starts as an ordinary user with an empty environment, enters a user, mount and pid
namespace, pivots into a read-only root that holds the language tools and nothing else, and then
serves one request at a time over a socket pair. For each it forks a child that is pid 1 of its own
namespaces, so that its end is the end of everything it started.

Requests and replies are JSON datagrams; descriptors travel beside them.
"""

# Plain calls on paths, and nothing caught by kind: this runs between a fork and a stranger's code.
# ruff: noqa: PTH102, PTH103, PTH106, PTH112, PTH120, PTH123, PTH211, S102, S108, S606, BLE001

import atexit
import builtins
import ctypes
import gc
import importlib
import io
import json
import os
import random
import resource
import select
import signal
import socket
import struct
import sys
import threading
import traceback
from collections.abc import Sequence
from types import CodeType, ModuleType
from typing import Any, NoReturn

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 24, 38, 2
LAST_CAPABILITY = 40
CAPABILITY_VERSION = 0x20080522
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
INNER_ID = 1000
DEVICES = ("null", "full", "random", "urandom")  # /dev/zero gives memory that no limit sees
STAGE_FAILED = 125
MOST_DESCRIPTORS = 1024
FLUSH_FAILED = 120
MESSAGE_BYTES = 1 << 18
FILTER_FD = "FILTER_FD"  # stands for the descriptor of the filter in an argument list


def check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    check(LIBC.unshare(flags), "unshare")


def mount(
    source: str | None,
    target: str,
    kind: str | None = None,
    flags: int = 0,
    options: str | None = None,
) -> None:
    arguments = [None if text is None else text.encode() for text in (source, target, kind)]
    data = None if options is None else options.encode()
    check(LIBC.mount(*arguments, ctypes.c_ulong(flags), data), f"mount {target}")


def detach(target: str) -> None:
    check(LIBC.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def bind(source: str, target: str) -> None:
    mount(source, target, None, MS_BIND | MS_REC)
    flags = MS_BIND | MS_REMOUNT | MS_NOSUID | MS_RDONLY | locked_flags(target)
    mount(None, target, None, flags)


def locked_flags(target: str) -> int:
    """The flags a mount already has; an unprivileged remount may add to them, not take away."""
    flags = os.statvfs(target).f_flag
    kept = flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for statvfs_bit, mount_bit in ((0x400, 0x400), (0x800, 0x800), (0x1000, 0x200000)):
        if flags & statvfs_bit:
            kept |= mount_bit
    return kept


def map_ids(proc: int, outer_uid: int, outer_gid: int) -> None:
    """Maps the one id we have to an ordinary one inside; ``proc`` is a descriptor of /proc/self."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{INNER_ID} {outer_uid} 1"),
        ("gid_map", f"{INNER_ID} {outer_gid} 1"),
    ):
        fd = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        os.write(fd, text.encode())
        os.close(fd)


def send(control: socket.socket, fields: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """One datagram with descriptors beside it."""
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack(f"{len(fds)}i", *fds))]
    control.sendmsg([json.dumps(fields).encode()], ancillary if fds else [])


def build_root(config: dict[str, Any]) -> None:
    """A read-only root on a small tmpfs: tools and libraries, devices, and mount points."""
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    root = "/tmp"  # any folder that exists; covered in this namespace only
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=4k,mode=755")
    for name in ("proc", "dev", "box", "tmp", ".space", ".old", "etc"):
        os.mkdir(f"{root}/{name}")
    for path, target in config["links"]:
        os.symlink(target, root + path)
    for path in config["binds"]:
        if os.path.isdir(path):
            os.makedirs(root + path, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(root + path), exist_ok=True)
            open(root + path, "w").close()
        bind(path, root + path)
    for name in DEVICES:
        open(f"{root}/dev/{name}", "w").close()
        mount(f"/dev/{name}", f"{root}/dev/{name}", None, MS_BIND)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{root}/dev/{name}")
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.chdir(root)
    pivot = SYS_PIVOT_ROOT[os.uname().machine]
    check(LIBC.syscall(pivot, b".", b".old"), "pivot_root")
    os.chdir("/")
    detach("/.old")
    os.rmdir("/.old")
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
    mount(None, "/", None, flags)


def build_box(job: dict[str, Any]) -> int:
    """The run's own sized tmpfs behind /box and /tmp; returns a descriptor of /box."""
    options = f"size={job['tmpfs_bytes']},nr_inodes={job['tmpfs_inodes']},mode=755"
    mount("tmpfs", "/.space", "tmpfs", MS_NOSUID | MS_NODEV, options)
    os.mkdir("/.space/box", 0o700)
    os.mkdir("/.space/tmp", 0o700)
    mount("/.space/box", "/box", None, MS_BIND)
    mount("/.space/tmp", "/tmp", None, MS_BIND)
    return os.open("/box", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def place_files(job: dict[str, Any], payload: int) -> None:
    """Writes the handed-in files; names were checked by the supervisor."""
    offset = 0
    for name, size, mode in job["files"]:
        path = f"/box/{name}"
        if "/" in name:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        end = offset + size
        while offset < end:
            block = os.pread(payload, min(1 << 20, end - offset), offset)
            if not block:
                raise OSError("the job is shorter than it says")
            os.write(fd, block)
            offset += len(block)
        os.close(fd)


def drop_capabilities() -> None:
    for capability in range(LAST_CAPABILITY + 1):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    check(LIBC.syscall(SYS_CAPSET[os.uname().machine], header, b"\0" * 24), "capset")


class FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def filter_calls(code: bytes) -> None:
    buffer = ctypes.create_string_buffer(code, len(code))
    program = FilterProgram(len(code) // 8, ctypes.addressof(buffer))
    check(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    check(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "seccomp")


def set_limits(limits: dict[str, tuple[int, int]]) -> None:
    for name, (soft, hard) in limits.items():
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (soft, hard))


def seed_random() -> None:
    """Children of one parent would otherwise draw the same numbers."""
    random.seed(os.urandom(32))
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed(int.from_bytes(os.urandom(4), "little"))


def compile_sources(job: dict[str, Any], control: socket.socket) -> CodeType:
    """Code of the main file; a file that does not compile is reported before anything runs."""
    code: CodeType | None = None
    for name in job["check"]:
        with open(f"/box/{name}", "rb") as file:
            source = file.read()
        try:
            code = compile(source, name, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            text = "".join(traceback.format_exception_only(type(error), error))
            send(control, {"kind": "compile_error", "text": text[:4000]})
            os._exit(1)
    assert code is not None
    return code


def open_streams() -> None:
    """Streams over the descriptors put in place; those of the parent were over other files."""
    stdin = io.BufferedReader(io.FileIO(0, "r", closefd=False))
    stdout = io.BufferedWriter(io.FileIO(1, "w", closefd=False))
    stderr = io.BufferedWriter(io.FileIO(2, "w", closefd=False))
    sys.stdin = io.TextIOWrapper(stdin, "utf-8", "surrogateescape")
    sys.stdout = io.TextIOWrapper(stdout, "utf-8", "surrogateescape")
    sys.stderr = io.TextIOWrapper(stderr, "utf-8", "backslashreplace", line_buffering=True)
    streams = {"__stdin__": sys.stdin, "__stdout__": sys.stdout, "__stderr__": sys.stderr}
    sys.__dict__.update(streams)


def run_python(job: dict[str, Any], code: CodeType) -> int:
    """Runs the program as ``__main__``; returns its exit status."""
    sys.argv = [job["check"][-1], *job["arguments"]]
    sys.path.insert(0, "/box")
    open_streams()
    main = ModuleType("__main__")
    main.__file__ = job["check"][-1]
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    status = 0
    try:
        exec(code, main.__dict__)
    except SystemExit as error:
        status = exit_status(error)
    except BaseException as error:
        status = 1
        trace = error.__traceback__
        sys.excepthook(type(error), error, trace.tb_next if trace else None)
    try:
        vars(threading)["_shutdown"]()  # what the interpreter itself does at its end
        vars(atexit)["_run_exitfuncs"]()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        status = status or FLUSH_FAILED
    return status


def exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def child(
    job: dict[str, Any], control: socket.socket, fds: Sequence[int], config: dict[str, Any]
) -> NoReturn:
    """Everything between the fork and the program's first instruction."""
    payload, *streams = fds[:4]
    for door in fds[4:]:  # the run's control group, before anything is on its account
        os.write(door, b"0")
        os.close(door)
    check(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")
    os.setsid()
    unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
    box = build_box(job)
    place_files(job, payload)
    send(control, {"kind": "box"}, [box])
    os.chdir("/box")
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
    if job["kind"] == "python":
        become_python(job, control, config["filter"])
    become_command(job, config["filter"])


def become_python(job: dict[str, Any], control: socket.socket, filter_code: bytes) -> NoReturn:
    """Gives up everything, then compiles and runs the program in this very process."""
    proc = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    detach("/proc")
    detach("/.space")
    check(LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")
    unshare(CLONE_NEWUSER)
    map_ids(proc, INNER_ID, INNER_ID)
    check(LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "undumpable")
    drop_capabilities()
    keep = control.fileno()
    os.closerange(3, keep)
    os.closerange(keep + 1, MOST_DESCRIPTORS)
    seed_random()
    set_limits(job["limits"])
    filter_calls(filter_code)
    code = compile_sources(job, control)
    control.close()
    os._exit(run_python(job, code))


def become_command(job: dict[str, Any], filter_code: bytes) -> NoReturn:
    """Becomes bubblewrap, which makes a user namespace of its own and drops the rest.

    Every descriptor but the standard ones and the filter's closes by itself.
    """
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    reader, writer = os.pipe()
    os.write(writer, filter_code)
    os.close(writer)
    os.set_inheritable(reader, True)
    argv = [str(reader) if word == FILTER_FD else word for word in job["argv"]]
    set_limits(job["limits"])
    check(LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")
    os.execve(argv[0], argv, {})


def serve(control: socket.socket, config: dict[str, Any]) -> None:
    """Answers requests until the supervisor goes away."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    while True:
        data, ancillary, _, _ = control.recvmsg(
            MESSAGE_BYTES, socket.CMSG_SPACE(20), socket.MSG_CMSG_CLOEXEC
        )
        if not data:
            return
        fds: list[int] = []
        for _, _, raw in ancillary:
            fds += struct.unpack(f"{len(raw) // 4}i", raw)
        unshare(CLONE_NEWPID)
        job = json.loads(data)
        pid = os.fork()
        if pid == 0:
            try:
                child(job, control, fds, config)
            except BaseException as error:
                send(control, {"kind": "failed", "text": f"{type(error).__name__}: {error}"[:4000]})
            finally:
                os._exit(STAGE_FAILED)
        check(LIBC.setns(own, CLONE_NEWPID), "setns")
        for fd in fds:
            os.close(fd)
        pidfd = os.pidfd_open(pid)
        send(control, {"kind": "started"}, [pidfd])
        status, usage = await_child(control, pid, pidfd)
        os.close(pidfd)
        cpu_s = usage.ru_utime + usage.ru_stime
        done = {"kind": "done", "status": status, "cpu_s": cpu_s, "memory_kib": usage.ru_maxrss}
        send(control, done)


def await_child(control: socket.socket, pid: int, pidfd: int) -> tuple[int, resource.struct_rusage]:
    """Exit status and usage of the child; a supervisor that hangs up ends it first."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    poll.register(control, select.POLLHUP | select.POLLRDHUP)
    while True:
        ready = dict(poll.poll())
        if pidfd in ready:
            break
        os.kill(pid, signal.SIGKILL)
        poll.unregister(control)
    _, status, usage = os.wait4(pid, 0)
    return status, usage


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    os.umask(0o077)
    config = json.loads(control.recv(MESSAGE_BYTES))
    config["filter"] = bytes.fromhex(config["filter"])
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        raise SystemExit("the warm parent never runs as root")
    unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET)
    proc = os.open("/proc/self", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    map_ids(proc, uid, gid)
    os.close(proc)
    pid = os.fork()
    if pid:
        control.close()
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    check(LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "pdeathsig")
    try:
        build_root(config)
        os.environ.clear()
        os.environ.update(config["environment"])
        for name in config["imports"]:
            importlib.import_module(name)
        learning = sys.modules.get("sklearn.utils.parallel")
        if learning is not None:
            # It reads /proc/self/maps once and keeps what it found; runs cannot read that file.
            learning._get_threadpool_controller()
        check(LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "undumpable")
        gc.collect()
        gc.freeze()
        send(control, {"kind": "ready"})
    except Exception as error:
        send(control, {"kind": "broken", "text": f"{type(error).__name__}: {error}"})
        os._exit(1)
    serve(control, config)


main()

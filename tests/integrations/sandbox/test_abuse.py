"""Every abuse is contained, ends with the right outcome and leaves nothing behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from touchstone.engine.judging.verdicts import Seen, run_verdict
from touchstone.integrations.sandbox import Run, Sandbox

from .running import SMALL, Python, host_processes

pytestmark = pytest.mark.sandbox

SYSCALL = """\
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall(*{arguments})
print(result, ctypes.get_errno())
"""
ENDLESS_FORK = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"
THREADS = """\
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(60,)).start()
    except RuntimeError: pass
"""
CHILD_EATS = """\
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = bytearray(90_000_000)
        for i in range(0, len(x), 4096): x[i] = 1
        time.sleep(60)
time.sleep(60)
"""
IGNORES_SIGNALS = """\
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
"""
DAEMON = """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3): os.close(fd)
        time.sleep(600)
    os._exit(0)
time.sleep(0.1)
print("done")
"""
EXHAUSTS: list[tuple[str, str, dict[str, float], str]] = [
    ("busy loop", "while True: pass", {}, "TLE"),
    ("sleep", "import time\ntime.sleep(600)", {}, "TLE"),
    ("waits for input", "import os\nr, w = os.pipe()\nos.read(r, 1)", {}, "TLE"),
    ("ignores every signal", IGNORES_SIGNALS, {}, "TLE"),
    ("children burn time", "import os\nos.fork()\nwhile True: pass", {}, "TLE"),
    ("fork bomb", ENDLESS_FORK, {}, "MLE"),
    ("thread bomb", THREADS, {}, "MLE"),
    ("memory at once", "x = bytearray(10**10)", {}, "MLE"),
    ("memory bit by bit", "x = []\nwhile True: x.append(bytearray(10**6))", {}, "MLE"),
    ("memory in children", CHILD_EATS, {}, "MLE"),
    ("10 GB of output", "import os\nwhile True: os.write(1, b'x' * 65536)", {}, "OLE"),
    ("fills the disk", "f = open('a', 'wb')\nwhile True: f.write(b'x' * 65536)", {}, "OLE"),
    (
        "fills /tmp in parts",
        "for i in range(100):\n with open(f'/tmp/{i}', 'wb') as f: f.write(b'x' * 2**20)",
        {},
        "OLE",
    ),
    ("a million files", "for i in range(10**6): open(str(i), 'w').close()", {}, "OLE"),
    ("stack", "import ctypes\nctypes.string_at(0)", {}, "RE"),
    ("exit status", "raise SystemExit(3)", {}, "RE"),
    (
        "kills everyone",
        "import os\nos.kill(-1, 9)\nos.kill(1, 9)\nprint(1)\nraise OSError",
        {},
        "RE",
    ),
]


def verdict(run: Run) -> str:
    seen = Seen(run.outcome, run.status, run.cpu_s, run.memory_kib, run.stderr, run.disk_full)
    return str(run_verdict(seen, time_limit_s=1.0, memory_limit_kib=SMALL["memory_kib"]) or "ran")


@pytest.mark.parametrize(
    ("name", "text", "limits", "expected"), EXHAUSTS, ids=[a[0] for a in EXHAUSTS]
)
def test_exhaustion_ends_in_time_with_its_verdict(
    sandbox: Sandbox, python: Python, name: str, text: str, limits: dict[str, float], expected: str
) -> None:
    python("print(1)")
    before = host_processes(sandbox)
    run = python(text, **limits)
    assert verdict(run) == expected, (run.outcome, run.status, run.stderr[-300:])
    assert run.cpu_s < SMALL["cpu_s"] + 2
    assert host_processes(sandbox) == before
    assert python("print('hi')").stdout == b"hi\n"


SHELL_ABUSES = [
    ("fork bomb", "f() { f | f & }; f; sleep 100", "MLE TLE"),
    ("busy", "while :; do :; done", "TLE"),
    ("sleeps, deaf to signals", "trap '' TERM INT HUP; while :; do sleep 1; done", "TLE"),
    ("output", "yes", "OLE"),
    ("disk", "yes | head -c 100000000 > big", "OLE"),
]


@pytest.mark.parametrize(
    ("name", "text", "expected"), SHELL_ABUSES, ids=[a[0] for a in SHELL_ABUSES]
)
def test_exhaustion_through_bubblewrap(
    sandbox: Sandbox, python: Python, shell: Python, name: str, text: str, expected: str
) -> None:
    python("print(1)")
    before = host_processes(sandbox)
    run = shell(text)
    assert verdict(run) in expected.split(), (run.outcome, run.status, run.stderr[-300:])
    assert host_processes(sandbox) == before


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("memfd_create", "(319, b'x', 0)"),
        ("shmget", "(29, 0, 4096, 0o1600)"),
        ("ptrace", "(101, 16, 1, 0, 0)"),
        ("unshare user", "(272, 0x10000000)"),
        ("clone new user", "(56, 0x10000011, 0, 0, 0, 0)"),
        ("setns", "(308, 0, 0)"),
        ("io_uring", "(425, 1, 0)"),
        ("bpf", "(321, 0, 0, 0)"),
        ("keyctl", "(250, 0, 0)"),
        ("perf_event_open", "(298, 0, 0, 0, 0, 0)"),
        ("userfaultfd", "(323, 0)"),
        ("mount", "(165, b'none', b'/box', b'tmpfs', 0, 0)"),
        ("chroot", "(161, b'/box')"),
        ("process_vm_readv", "(310, 1, 0, 0, 0, 0, 0)"),
        ("internet socket", "(41, 2, 1, 0)"),
        ("netlink socket", "(41, 16, 3, 0)"),
        ("raw packets", "(41, 17, 3, 0)"),
        ("personality", "(135, 0x0040000)"),
        ("device node", "(133, b'/box/sda', 0o60600, 0x800)"),
    ],
    ids=lambda value: value if not value.startswith("(") else "",
)
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_call_is_denied(python: Python, name: str, arguments: str) -> None:
    run = python(SYSCALL.format(arguments=arguments))
    assert run.stdout.decode().split() == ["-1", str(errno.EPERM)], (run, name)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="a foreign ABI of x86-64")
def test_foreign_abi_kills(python: Python) -> None:
    x32_getpid = SYSCALL.format(arguments="(0x40000000 + 39,)")
    assert python(x32_getpid).status == -31
    # mov eax, 20 (getpid of i386); int 0x80; ret
    code = """\
import ctypes, mmap
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE, prot=7)
page.write(bytes.fromhex('b814000000cd80c3'))
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
"""
    run = python(code)
    assert run.stdout == b""
    assert run.status == -31


def test_clone3_falls_back(python: Python) -> None:
    run = python("import threading\nt = threading.Thread(target=print, args=('ok',))\nt.start()")
    assert run.stdout == b"ok\n"


LOOKS = [
    "/etc/passwd",
    "/etc/shadow",
    "/proc/1/environ",
    "/proc/self/environ",
    "/proc/1/maps",
    "/proc/sys/kernel/core_pattern",
    "/sys/kernel",
    "/root",
    "/home",
    "/var/lib",
    "/run",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/shm",
    str(Path(__file__)),
    str(Path(__file__).parents[3] / "pyproject.toml"),
    str(Path(__file__).parents[3] / "data"),
]


@pytest.mark.parametrize("path", LOOKS)
def test_host_is_not_seen(python: Python, path: str) -> None:
    run = python(f"import os\ntry: print(os.stat({path!r}))\nexcept OSError as e: print('no')")
    assert run.stdout == b"no\n"


@pytest.mark.parametrize("path", [p for p in LOOKS if not p.startswith(("/proc", "/dev/shm"))])
def test_host_is_not_seen_through_bubblewrap(shell: Python, path: str) -> None:
    assert shell(f"test -e '{path}' && echo seen || echo no").stdout == b"no\n"


def test_environment_holds_no_secret(
    monkeypatch: pytest.MonkeyPatch, python: Python, shell: Python
) -> None:
    monkeypatch.setenv("TOUCHSTONE_SECRET_KEY", "very-secret")
    fresh = Sandbox()
    try:
        from touchstone.integrations.sandbox import Job
        from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command

        text = b"import os, ctypes\nprint(dict(os.environ))\n"
        inside = fresh.run(Job("python", {"a.py": text}, ("a.py",))).stdout
        look = "cat /proc/[0-9]*/environ | tr '\\0' ' '; env"
        wrapped = fresh.run(Job("command", {}, bubblewrap_command(("/bin/sh", "-c", look)))).stdout
    finally:
        fresh.close()
    assert b"PATH" in inside
    assert b"PATH" in wrapped
    assert b"secret" not in (inside + wrapped).lower()
    assert b"touchstone" not in (inside + wrapped).lower()


def test_proc_settings_cannot_be_written(shell: Python) -> None:
    files = "/proc/sys/kernel/* /proc/sysrq-trigger"
    look = f"for f in {files}; do (echo 1 >> $f) 2>/dev/null && echo $f; done"
    run = shell(look + "; echo end")
    assert run.stdout == b"end\n"


@pytest.mark.parametrize("path", ["/x", "/usr/x", "/etc/x", "/dev/x", "/dev/shm/x", "/proc/x"])
def test_only_the_folder_can_be_written(python: Python, shell: Python, path: str) -> None:
    run = python(f"try: open({path!r}, 'w')\nexcept OSError: print('no')")
    assert run.stdout == b"no\n"
    assert shell(f"(echo 1 > {path}) 2>/dev/null || echo no").stdout == b"no\n"


def test_privileges_are_gone(shell: Python) -> None:
    text = shell("cat /proc/self/status; id -u").stdout.decode()
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{name}:\t0000000000000000" in text
    assert "NoNewPrivs:\t1" in text
    assert "Seccomp:\t2" in text
    assert text.endswith("1000\n")


def test_capabilities_of_a_python_run_are_gone(python: Python) -> None:
    text = """\
import ctypes, struct
libc = ctypes.CDLL(None)
header, data = struct.pack('=Ii', 0x20080522, 0), ctypes.create_string_buffer(24)
libc.syscall(125, header, data)
print(data.raw == bytes(24), libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0))
print(sum(libc.prctl(23, c, 0, 0, 0) == 1 for c in range(64)))
"""
    assert python(text).stdout == b"True 1 2\n0\n"


def test_daemon_dies_with_its_program_and_is_counted(sandbox: Sandbox, python: Python) -> None:
    python("print(1)")
    before = host_processes(sandbox)
    run = python(DAEMON)
    assert run.stdout == b"done\n"
    assert run.leftover_processes == 1
    assert host_processes(sandbox) == before


def test_nothing_stays_for_the_next_run(python: Python) -> None:
    python("import builtins, sys\nbuiltins.len = None\nopen('left', 'w')\nopen('/tmp/left', 'w')")
    run = python("import os\nprint(len('abc'), os.listdir('/box'), os.listdir('/tmp'))")
    assert run.stdout == b"3 ['solution.py'] []\n"


def test_random_state_differs_between_runs(sandbox: Sandbox, python: Python) -> None:
    draws = {python("import random\nprint(random.random())").stdout for _ in range(5)}
    assert len(draws) == 5


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        ("import os; os.symlink('/etc/passwd', 'p.csv')", "not_a_plain_file"),
        ("import os; open('q', 'w'); os.symlink('q', 'p.csv')", "not_a_plain_file"),
        ("import os; os.mkdir('p.csv')", "not_a_plain_file"),
        ("import socket; socket.socket(1).bind('p.csv')", "not_a_plain_file"),
        ("open('p.csv', 'wb').truncate(2**22)", "too_large"),
        ("pass", "missing"),
    ],
)
def test_odd_outputs_are_refused(sandbox: Sandbox, make: str, reason: str) -> None:
    from touchstone.integrations.sandbox import Job

    job = Job("python", {"a.py": make.encode()}, ("a.py",), collect=("p.csv",), collect_bytes=2**20)
    run = sandbox.run(job)
    assert run.files == {}
    assert run.refused == {"p.csv": reason}


def test_linked_folder_is_not_followed(sandbox: Sandbox) -> None:
    from touchstone.integrations.sandbox import Job

    text = b"import os; os.mkdir('real'); open('real/p.csv', 'w'); os.symlink('real', 'out')"
    run = sandbox.run(Job("python", {"a.py": text}, ("a.py",), collect=("out/p.csv", "real/p.csv")))
    assert run.files == {"real/p.csv": b""}
    assert run.refused == {"out/p.csv": "not_a_plain_file"}


def test_names_that_leave_the_folder_are_refused(sandbox: Sandbox) -> None:
    from touchstone.integrations.sandbox import Job

    with pytest.raises(ValueError, match="leaves"):
        sandbox.run(Job("python", {"../a.py": b""}, ("../a.py",)))


def test_a_killed_parent_is_the_sandbox_fault_and_is_replaced(sandbox: Sandbox) -> None:
    import threading

    from touchstone.integrations.sandbox import Job

    own = Sandbox()
    try:
        job = Job("python", {"a.py": b"import time; time.sleep(5)"}, ("a.py",))
        own.run(Job("python", {"a.py": b""}, ("a.py",)))
        slot = own._all[0]
        assert slot._parent is not None
        killer = threading.Timer(0.2, slot._parent.kill)
        killer.start()
        assert own.run(job).outcome == "failed"
        killer.join()
        assert own.run(Job("python", {"a.py": b"print(1)"}, ("a.py",))).stdout == b"1\n"
    finally:
        own.close()

"""Less usual abuses, both ways in: unseen memory, foreign ABIs, sockets, stops, forgery."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import cast

import pytest

from touchstone.engine.judging.problem import Language
from touchstone.integrations.sandbox import Job, Limits, Run, Sandbox, slot
from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command
from touchstone.integrations.sandbox.processes import MachineMemory, machine_memory
from touchstone.integrations.sandbox.programs import Program, build_program

from .running import SMALL, Python, host_processes

pytestmark = pytest.mark.sandbox

MAP = """\
import ctypes, mmap, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
def take(size, protection, flags, fd=-1):
    place = libc.mmap(None, size, protection, flags, fd, 0)
    if place in (None, 2**64 - 1):
        print("refused", ctypes.get_errno())
        sys.exit()
    return place
"""
SHARED = (
    MAP
    + """\
for _ in range(64):
    place = take(1 << 24, 3, 0x21)
    ctypes.memset(place, 1, 1 << 24)
    libc.madvise(place, 1 << 24, 4)
print("kept")
"""
)
SHARED_BY_DEVICE = (
    MAP
    + """\
try: fd = os.open("/dev/zero", os.O_RDWR)
except OSError as error: print("refused", error.errno); sys.exit()
for _ in range(64):
    place = take(1 << 24, 3, 1, fd)
    ctypes.memset(place, 1, 1 << 24)
print("kept")
"""
)
PAGE_TABLES = (
    MAP
    + """\
place = take(1 << 39, 1, 0x4022)
for offset in range(0, 1 << 39, 1 << 21): ctypes.string_at(place + offset, 1)
print("kept")
"""
)
SOCKET_BUFFERS = """\
import socket
a, b = socket.socketpair()
try: a.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
except OSError as error: print("refused", error.errno)
"""
MANY_SOCKETS = """\
import os, socket, time
for _ in range(10):
    if os.fork() == 0: break
kept = []
try:
    while True: kept.append(socket.socketpair())
except OSError: time.sleep(30)
"""
STOPS = """\
import os, signal
for pid in (0, os.getppid(), os.getpid(), 1, -1):
    try: os.kill(pid, signal.SIGSTOP)
    except OSError: pass
if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
os.wait()
"""


@pytest.fixture
def inside(sandbox: Sandbox) -> Python:
    """Runs a Python text one way or the other, under small limits."""

    def run(text: str, way: str, **limits: float) -> Run:
        bounds = Limits(**(SMALL | limits))
        files = {"a.py": text.encode()}
        if way == "fork":
            return sandbox.run(Job("python", files, ("a.py",), limits=bounds))
        words = bubblewrap_command((str(interpreter(sandbox)), "a.py"))
        return sandbox.run(Job("command", files, words, limits=bounds))

    return run


def interpreter(sandbox: Sandbox) -> Path:
    usual = Path("/usr/bin/python3")
    if not usual.exists():
        pytest.skip("no Python below /usr: only one way in for this one")
    return usual


BOTH = pytest.mark.parametrize("way", ["fork", "bubblewrap"])


@BOTH
@pytest.mark.parametrize(
    "text",
    [SHARED, SHARED_BY_DEVICE, PAGE_TABLES, SOCKET_BUFFERS],
    ids=["shared", "shared by a device", "page tables", "socket buffers"],
)
def test_memory_that_no_process_shows_is_not_to_be_had(inside: Python, way: str, text: str) -> None:
    run = inside(text, way)
    assert run.stdout.startswith(b"refused"), run


@BOTH
def test_many_sockets_end_the_run(inside: Python, sandbox: Sandbox, way: str) -> None:
    assert inside(MANY_SOCKETS, way).outcome == "memory"


def test_an_event_loop_still_runs(inside: Python) -> None:
    text = "import asyncio\nasync def main(): print('ok')\nasyncio.run(main())"
    assert inside(text, "fork").stdout == b"ok\n"


@BOTH
def test_stopping_oneself_and_others_only_costs_the_time(
    inside: Python, sandbox: Sandbox, way: str
) -> None:
    inside("print(1)", "fork")
    before = host_processes(sandbox)
    run = inside(STOPS, way)
    assert run.outcome in {"wall", "exited"}
    assert host_processes(sandbox) == before
    assert inside("print(1)", "fork").stdout == b"1\n"


@BOTH
def test_abstract_sockets_of_the_host_are_out_of_reach(inside: Python, way: str) -> None:
    with socket.socket(socket.AF_UNIX) as host:
        host.bind(f"\0touchstone-{os.getpid()}")
        host.listen(1)
        run = inside(
            "import socket\ns = socket.socket(socket.AF_UNIX)\n"
            f"try: s.connect('\\0touchstone-{os.getpid()}')\n"
            "except ConnectionRefusedError: print('nobody')",
            way,
        )
    assert run.stdout == b"nobody\n"


@BOTH
def test_no_descriptor_is_handed_down(inside: Python, way: str) -> None:
    text = (
        "import fcntl\nfound = []\nfor fd in range(1024):\n"
        " try: fcntl.fcntl(fd, fcntl.F_GETFD); found.append(fd)\n except OSError: pass\n"
        "print(len(found), max(found))"
    )
    count, highest = map(int, inside(text, way).stdout.split())
    assert count <= 4  # the three streams, and the source while it is read
    assert highest <= 3


@BOTH
def test_the_clock_stays(inside: Python, way: str) -> None:
    text = "import time\ntry: time.clock_settime(0, 0)\nexcept OSError as e: print(e.errno)"
    assert inside(text, way).stdout == b"1\n"


@BOTH
def test_limits_cannot_be_raised(inside: Python, way: str) -> None:
    text = (
        "import resource\nfor name in ('AS', 'DATA', 'CPU', 'FSIZE', 'NOFILE', 'NPROC', 'CORE'):\n"
        " which = getattr(resource, 'RLIMIT_' + name)\n"
        " try: resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2); print(name)\n"
        " except (OSError, ValueError): pass"
    )
    run = inside(text, way)
    assert (run.status, run.stdout) == (0, b"")


@BOTH
def test_a_crash_leaves_no_core(inside: Python, way: str) -> None:
    text = (
        "import os\npid = os.fork()\nif pid == 0: os.abort()\nos.waitpid(pid, 0)\n"
        "print(sorted(os.listdir('.')))"
    )
    assert inside(text, way).stdout == b"['a.py']\n"


def test_a_sparse_output_is_no_way_round_the_limit(sandbox: Sandbox) -> None:
    text = b"open('p.csv', 'wb').truncate(1 << 40)"
    limits = Limits(**SMALL)
    run = sandbox.run(Job("python", {"a.py": text}, ("a.py",), limits=limits, collect=("p.csv",)))
    assert run.status != 0
    assert run.files in ({}, {"p.csv": b""})


@pytest.mark.parametrize(
    "make",
    [
        "os.mkfifo('p.csv')",
        "os.link('/etc/ld.so.cache', 'p.csv')",
        "os.symlink('/dev/random', 'p.csv')",
    ],
    ids=["pipe", "hard link", "device"],
)
def test_outputs_that_are_something_else(sandbox: Sandbox, make: str) -> None:
    text = f"import os\ntry: {make}\nexcept OSError: pass".encode()
    run = sandbox.run(Job("python", {"a.py": text}, ("a.py",), collect=("p.csv",)))
    assert run.files == {}
    assert run.refused["p.csv"] in {"not_a_plain_file", "missing"}


def test_what_is_done_to_libraries_stays_in_the_run(sandbox: Sandbox) -> None:
    spoil = (
        b"import ctypes, gc, sys, numpy, sklearn.metrics\n"
        b"sklearn.metrics.accuracy_score = lambda *a, **k: 1.0\n"
        b"sys.settrace(lambda *a: None)\nsys.setrecursionlimit(50)\n"
        b"numpy.add = numpy.subtract\n"
        b"ctypes.memset(id(7) + 24, 9, 1)\ngc.disable()\n"
    )
    look = (
        b"import numpy, sklearn.metrics\n"
        b"print(numpy.add(2, 5), 3 + 4, sklearn.metrics.accuracy_score([1], [0]))"
    )
    jobs = [
        Job("python", {"a.py": text}, ("a.py",), machine_learning=True) for text in (spoil, look)
    ]
    sandbox.run(jobs[0])
    assert sandbox.run(jobs[1]).stdout == b"7 7 0.0\n"


FOREIGN = {
    "int 0x80": 'asm volatile("int $0x80" : "=a"(r) : "a"(20));',
    "x32": 'asm volatile("syscall" : "=a"(r) : "a"(0x40000000L + 39) : "rcx", "r11");',
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="foreign ABIs of x86-64")
@pytest.mark.parametrize("call", sorted(FOREIGN))
def test_foreign_abis_kill_compiled_programs(sandbox: Sandbox, call: str) -> None:
    code = "#include <cstdio>\nint main() { long r = 0; " + FOREIGN[call] + ' printf("%ld", r); }'
    built = build_program(sandbox, code.encode(), "cpp")
    assert isinstance(built, Program)
    run = sandbox.run(built.job(Limits(**SMALL)))
    assert run.stdout == b""
    assert run.status in {-31, 128 + 31}


NESTED = """\
import java.util.function.*;
class Main {
  static <T> T f(Supplier<T> s) { return s.get(); }
  public static void main(String[] a) { Object o = CALLS; x }
}
""".replace("CALLS", "f(() -> " * 40 + "1" + ")" * 40)
BOMBS = {
    "macros": (
        "cpp",
        "\n".join(
            ["#define A0 x x x x x x x x"]
            + [f"#define A{n} " + f"A{n - 1} " * 8 for n in range(1, 12)]
            + ["int main() { A11; }"]
        ),
    ),
    "itself": ("cpp", "#include __FILE__\n#include __FILE__\nint main() {}"),
    "compile-time loop": (
        "cpp",
        """constexpr long f(long n) { long s = 0; for (long i = 0; i < n; i++) s += i; return s; }
        static_assert(f(1L << 60) == 0);
        int main() {}""",
    ),
    "assembled file": ("cpp", 'asm(".fill 0x7fffffff"); int main() {}'),
    "host file": ("cpp", 'asm(".incbin \\"/proc/1/environ\\""); int main() {}'),
    "nested lambdas": ("java", NESTED),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_further_bombs_for_compilers(sandbox: Sandbox, name: str) -> None:
    language, source = BOMBS[name]
    limits = Limits(cpu_s=4, wall_s=6, memory_kib=1024 * 1024)
    before = host_processes(sandbox)
    built = build_program(sandbox, source.encode(), cast("Language", language), limits=limits)
    if isinstance(built, Program):
        run = sandbox.run(built.job(Limits(**SMALL)))
        assert b"PATH" not in b"".join(built.files.values())
        assert run.stdout == b""
    else:
        assert not built.sandbox_failed
    assert host_processes(sandbox) == before


def test_the_machines_memory_is_read() -> None:
    memory = machine_memory()
    assert 0 < memory.available_kib <= memory.total_kib


@pytest.mark.parametrize(("left_kib", "outcome"), [(1 << 18, "failed"), (1 << 22, "exited")])
def test_a_machine_short_of_memory_ends_the_run_without_blame(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, left_kib: int, outcome: str
) -> None:
    """Looked at as the run goes on: first 8 GiB are free, then what is left."""
    seen = iter([MachineMemory(1 << 24, 1 << 23)])
    monkeypatch.setattr(
        slot, "machine_memory", lambda: next(seen, MachineMemory(1 << 24, left_kib))
    )
    monkeypatch.setattr(slot, "GUARD_S", 0.0)
    text = b"import time\nfor _ in range(40): time.sleep(0.01)"
    run = sandbox.run(Job("python", {"a.py": text}, ("a.py",), limits=Limits(**SMALL)))
    assert run.outcome == outcome
    assert ("short of memory" in run.detail) == (outcome == "failed")

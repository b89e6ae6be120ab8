"""Control groups: in a folder that behaves as the kernel's, and for real where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from touchstone.integrations.sandbox import Job, Limits, Sandbox
from touchstone.integrations.sandbox.bubblewrap import bubblewrap_command
from touchstone.integrations.sandbox.cgroups import (
    SELF,
    SLACK_BYTES,
    Group,
    Groups,
    GroupUsage,
    delegated,
)

pytestmark = pytest.mark.sandbox
MIB = 1 << 20
SMALL = Limits(cpu_s=1, wall_s=2, memory_kib=64 * 1024, file_bytes=4 * MIB, processes=32)
PATIENT = replace(SMALL, wall_s=60, cpu_s=10)
FRESH = {
    "cgroup.procs": "",
    "cgroup.controllers": "cpu memory pids\n",
    "cgroup.subtree_control": "",
    "cgroup.kill": "",
    "cpu.stat": "usage_usec 0\nuser_usec 0\nsystem_usec 0\n",
    "memory.max": "max\n",
    "memory.swap.max": "max\n",
    "memory.oom.group": "0\n",
    "memory.peak": "0\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
    "pids.max": "max\n",
    "pids.events": "max 0\n",
}


class Kernel:
    """Fills new folders as the kernel does, and notes what stood in those that were removed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fresh = dict(FRESH)
        self.removed: list[dict[str, str]] = []
        self.busy = 0
        self.make(root)

    def make(self, folder: Path) -> None:
        folder.mkdir()
        for name, text in self.fresh.items():
            (folder / name).write_text(text)

    def remove(self, folder: Path) -> None:
        if self.busy:
            self.busy -= 1
            raise OSError(16, "Device or resource busy")
        if not folder.exists():
            raise FileNotFoundError(2, "No such file or directory")
        self.removed.append({path.name: path.read_text() for path in folder.iterdir()})
        shutil.rmtree(folder)

    def groups(self, own: str, **options: object) -> Groups | None:
        path = self.root.parent / "self-cgroup"
        path.write_text(own)
        return delegated(
            mount=self.root,
            own=path,
            make=self.make,
            remove=self.remove,
            **{"named": "", "root": False, **options},  # type: ignore[arg-type]
        )


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    return Kernel(tmp_path / "cgroup")


def test_our_group_is_divided_and_what_was_in_it_moves_below(kernel: Kernel) -> None:
    service = kernel.root / "touchstone.service"
    kernel.make(service)
    (service / "cgroup.procs").write_text("4711\n4712\n")
    groups = kernel.groups("8:pids:/\n0::/touchstone.service\n")
    assert groups is not None
    assert groups.folder == service
    assert (service / "cgroup.subtree_control").read_text() == "+memory +pids"
    # plain files keep the last write, where the kernel adds one process after the other
    assert (service / SELF / "cgroup.procs").read_text() == "4712"
    (service / "cgroup.subtree_control").write_text("memory pids\n")
    again = kernel.groups(f"0::/touchstone.service/{SELF}\n")
    assert again is not None
    assert again.folder == service
    tried = kernel.removed[-1]
    assert tried["cgroup.procs"] == "0\n"  # a process entered before any run depended on it


def test_a_folder_that_lets_nobody_in_is_not_used(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel.make(kernel.root / "service")
    closed = kernel.root / "closed"
    closed.touch()
    monkeypatch.setattr(
        "touchstone.integrations.sandbox.cgroups.Group.door",
        lambda _group: os.open(closed, os.O_RDONLY),
    )
    assert kernel.groups("0::/service\n") is None


@pytest.mark.parametrize(
    ("own", "options"),
    [
        ("4:memory:/a\n", {}),  # version 1 alone
        ("0::/missing\n", {}),
        ("0::/../outside\n", {}),
        ("0::/service\n", {"root": True}),  # nobody said that it is delegated
        ("0::/\n", {"named": "/nowhere/at/all"}),
    ],
)
def test_what_is_not_ours_is_left_alone(
    kernel: Kernel, own: str, options: dict[str, object]
) -> None:
    kernel.make(kernel.root / "service")
    assert kernel.groups(own, **options) is None
    assert not (kernel.root / "service" / SELF).exists()


def test_the_root_of_all_groups_and_groups_without_memory_are_not_divided(kernel: Kernel) -> None:
    (kernel.root / "memory.max").unlink()
    assert kernel.groups("0::/\n") is None
    kernel.fresh["cgroup.controllers"] = "cpu pids\n"
    kernel.make(kernel.root / "service")
    assert kernel.groups("0::/service\n") is None


def test_a_named_group_is_taken_and_swept(kernel: Kernel) -> None:
    named = kernel.root / "judging"
    kernel.make(named)
    (named / "cgroup.subtree_control").write_text("cpu memory pids\n")
    kernel.make(named / "touchstone-run-999999999-0")
    kernel.make(named / f"touchstone-run-{os.getppid()}-0")
    groups = kernel.groups("0::/\n", named=str(named), root=True)
    assert groups is not None
    left = [path.name for path in named.glob("touchstone-run-*")]
    assert left == [f"touchstone-run-{os.getppid()}-0"]


def test_a_group_that_is_busy_is_killed_and_tried_again(kernel: Kernel) -> None:
    groups = Groups(kernel.root, kernel.make, kernel.remove)
    group = groups.open(memory_bytes=MIB, processes=3)
    kernel.busy = 2
    group.close()
    assert kernel.removed[-1]["cgroup.kill"] == "1"
    group.close()  # once more does nothing


@pytest.fixture
def held(kernel: Kernel) -> Iterator[Sandbox]:
    sandbox = Sandbox(groups=Groups(kernel.root, kernel.make, kernel.remove))
    yield sandbox
    sandbox.close()


LOST = """\
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        while time.process_time() < 0.3: pass
        open('done', 'w').close()
    os._exit(0)
while not os.path.exists('done'): time.sleep(0.01)
"""


def job(text: str) -> Job:
    return Job("python", {"solution.py": text.encode()}, ("solution.py",), limits=SMALL)


def test_a_run_enters_its_group_with_limits_and_leaves_none(kernel: Kernel, held: Sandbox) -> None:
    for each in (
        job("print('hi')"),
        Job("command", {}, bubblewrap_command(("/bin/echo", "hi")), limits=SMALL),
    ):
        run = held.run(each)
        assert (run.outcome, run.stdout) == ("exited", b"hi\n"), run.detail
        group = kernel.removed[-1]
        assert group["cgroup.procs"].startswith("0")
        files = 4 * MIB + sum(map(len, each.files.values()))
        assert int(group["memory.max"]) == 64 * MIB + files + SLACK_BYTES
        assert group["memory.oom.group"].startswith("1")
        assert group["memory.swap.max"].startswith("0")
        assert group["pids.max"].startswith("34")
    assert not list(kernel.root.glob("touchstone-run-*"))


def test_what_the_kernel_counted_decides(kernel: Kernel, held: Sandbox) -> None:
    kernel.fresh["memory.events"] = "oom 1\noom_kill 2\n"
    kernel.fresh["memory.peak"] = f"{70 * MIB}\n"
    run = held.run(job("print('hi')"))
    assert run.outcome == "memory"
    assert run.memory_kib == 70 * 1024
    kernel.fresh["memory.events"] = FRESH["memory.events"]
    kernel.fresh["pids.events"] = "max 3\n"
    assert held.run(job("print('hi')")).outcome == "processes"
    kernel.fresh |= FRESH
    kernel.fresh["cpu.stat"] = "usage_usec 900000\n"
    run = held.run(job("print('hi')"))
    assert run.outcome == "exited"
    assert 0.9 <= run.cpu_s < 1.0
    kernel.fresh["cpu.stat"] = "usage_usec 9000000\n"
    assert held.run(job("import time; time.sleep(30)")).outcome == "time"


def test_an_end_from_outside_ends_the_group(kernel: Kernel, held: Sandbox) -> None:
    run = held.run(job("while True: pass"))
    assert run.outcome in {"time", "wall"}  # by how busy the machine is
    assert kernel.removed[-1]["cgroup.kill"] == "1"


def test_where_no_group_can_be_made_the_other_limits_hold(
    kernel: Kernel, held: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    del kernel.fresh["pids.max"]
    run = held.run(job("x = bytearray(200 << 20)"))
    assert run.outcome == "memory" or b"MemoryError" in run.stderr
    assert "no control group" in caplog.text


needs_delegation = pytest.mark.skipif(
    delegated() is None, reason="no cgroup v2 with memory and pids is delegated to this process"
)


@pytest.fixture(scope="module")
def real() -> Iterator[Sandbox]:
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@needs_delegation
def test_the_kernel_holds_the_memory_of_all_processes_together(real: Sandbox) -> None:
    text = (
        "import os\n"
        "for _ in range(4): os.fork()\n"
        "x = bytearray(30 << 20)\n"
        "for i in range(0, len(x), 4096): x[i] = 1\n"
    )
    run = real.run(replace(job(text), bounded_data=False))
    assert run.outcome == "memory"


@needs_delegation
def test_the_kernel_counts_what_nobody_waits_for(real: Sandbox) -> None:
    assert real.run(replace(job(LOST), limits=PATIENT)).cpu_s >= 0.3


@needs_delegation
def test_no_group_is_left(real: Sandbox) -> None:
    assert real._groups is not None
    for text in ("print(1)", "import os\nwhile True: os.fork()"):
        real.run(job(text))
    assert not list(real._groups.folder.glob(f"touchstone-run-{os.getpid()}-*"))


def version_2() -> Path | None:
    """Where groups of version 2 can be made, be it without memory and pids as on mixed systems."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2" and os.access(place, os.W_OK):
            return Path(place)
    return None


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox with groups of this kernel, without the limits that need controllers."""
    place = version_2()
    if place is None:
        pytest.skip("no cgroup v2 in which this process may make groups")
    folder = place / f"touchstone-test-{os.getpid()}"
    folder.mkdir()
    monkeypatch.setattr(Group, "limit", lambda *_args, **_options: None)
    monkeypatch.setattr(Group, "usage", lambda group: GroupUsage(group.cpu_s(), 0, 0, 0))
    sandbox = Sandbox(groups=Groups(folder))
    yield sandbox
    sandbox.close()
    folder.rmdir()  # fails where a run left its group


def test_this_kernel_lets_runs_in_counts_them_and_lets_them_go(bare: Sandbox) -> None:
    text = "print(open('/proc/self/cgroup').read().count('touchstone-'))"
    assert bare.run(job(text)).outcome == "exited"
    command = Job("command", {}, bubblewrap_command(("/bin/echo", "hi")), limits=SMALL)
    assert bare.run(command).stdout == b"hi\n"
    assert bare.run(replace(job(LOST), limits=PATIENT)).cpu_s >= 0.3
    endless = job("import os\nfor _ in range(9): os.fork()\nwhile True: pass")
    assert bare.run(endless).outcome != "exited"

"""The system-call filter of every sandboxed program, as a classic BPF program.

Assembled here by hand: it needs no library, and the same bytes serve `bwrap --seccomp` and the
warm parent. Layout of the data and of an instruction: linux/seccomp.h, linux/filter.h.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

LOAD_WORD, JUMP_EQUAL, JUMP_SET, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
AND = 0x54
ALLOW, KILL_PROCESS, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE = 0, 4
FIRST_ARGUMENT, SECOND_ARGUMENT, THIRD_ARGUMENT, FOURTH_ARGUMENT = 16, 24, 32, 40
X32_BIT = 0x40000000
# CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}
NAMESPACE_FLAGS = 0x80 | 0x20000 | 0x2000000 | 0x4000000 | 0x8000000 | 0x70000000
AF_UNIX = 1
MAP_SHARED, MAP_ANONYMOUS = 0x1, 0x20
SOCKET_BUFFERS = (7, 8, 32, 33)  # SO_{SND,RCV}BUF and their FORCE
TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX
PERSONALITY_QUERY = 0xFFFFFFFF

# Names with their numbers on x86-64 and on arm64 (None: does not exist there).
DENIED: dict[str, tuple[int | None, int | None]] = {
    # memory that no limit of a process sees
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "remap_file_pages": (216, 234),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "open_tree_attr": (467, 467),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    # wide kernel surfaces
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "vmsplice": (278, 75),
    # the machine
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "mknod": (133, None),
    "mknodat": (259, 33),
}


@dataclass(frozen=True, slots=True)
class _Machine:
    column: int
    audit_code: int
    clone: int
    clone3: int
    socket: int
    personality: int
    ioctl: int
    mmap: int
    setsockopt: int


MACHINES = {
    "x86_64": _Machine(0, 0xC000003E, 56, 435, 41, 135, 16, 9, 54),
    "aarch64": _Machine(1, 0xC00000B7, 220, 435, 198, 92, 29, 222, 208),
}


def supported() -> bool:
    """Whether the filter knows this machine's system calls."""
    return platform.machine() in MACHINES


def program(machine: str = "") -> bytes:
    """The filter for ``machine`` (default: this one) as an array of ``struct sock_filter``.

    Denied calls fail with EPERM, so that a program reports them like any other error; calls of a
    foreign ABI kill the process. ``clone3`` fails with ENOSYS: its flags lie in memory where a
    filter cannot read them, and the C library then falls back to ``clone``.

    Raises:
        KeyError: no table for this kind of machine.
    """
    m = MACHINES[machine or platform.machine()]
    code = [
        _load(ARCHITECTURE),
        _jump(JUMP_EQUAL, m.audit_code, 1, 0),
        _return(KILL_PROCESS),
        _load(NUMBER),
    ]
    if m.column == 0:
        code += [_jump(JUMP_AT_LEAST, X32_BIT, 0, 1), _return(KILL_PROCESS)]
    for numbers in DENIED.values():
        number = numbers[m.column]
        if number is not None:
            code += [_jump(JUMP_EQUAL, number, 0, 1), _return(FAIL | errno.EPERM)]
    code += [_jump(JUMP_EQUAL, m.clone3, 0, 1), _return(FAIL | errno.ENOSYS)]
    code += _when(
        m.clone, FIRST_ARGUMENT, [_jump(JUMP_SET, NAMESPACE_FLAGS, 0, 1), _return(_EPERM)]
    )
    code += _when(m.socket, FIRST_ARGUMENT, [_jump(JUMP_EQUAL, AF_UNIX, 1, 0), _return(_EPERM)])
    code += _when(
        m.personality,
        FIRST_ARGUMENT,
        [
            _jump(JUMP_EQUAL, 0, 2, 0),
            _jump(JUMP_EQUAL, PERSONALITY_QUERY, 1, 0),
            _return(_EPERM),
        ],
    )
    # Pages of shared memory without a file stay when the program no longer holds them: unseen.
    code += _when(
        m.mmap,
        FOURTH_ARGUMENT,
        [
            struct.pack("=HBBI", AND, 0, 0, MAP_SHARED | MAP_ANONYMOUS),
            _jump(JUMP_EQUAL, MAP_SHARED | MAP_ANONYMOUS, 0, 1),
            _return(_EPERM),
        ],
    )
    for option in SOCKET_BUFFERS:
        code += _when(
            m.setsockopt, THIRD_ARGUMENT, [_jump(JUMP_EQUAL, option, 0, 1), _return(_EPERM)]
        )
    for request in TERMINAL_INJECTION:
        code += _when(m.ioctl, SECOND_ARGUMENT, [_jump(JUMP_EQUAL, request, 0, 1), _return(_EPERM)])
    return b"".join([*code, _return(ALLOW)])


_EPERM = FAIL | errno.EPERM


def _when(number: int, argument: int, body: list[bytes]) -> list[bytes]:
    """``body`` on the low half of an argument, only for that call; restores the number after."""
    inner = [_load(argument), *body, _load(NUMBER)]
    return [_jump(JUMP_EQUAL, number, 0, len(inner)), *inner]


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", LOAD_WORD, 0, 0, offset)


def _jump(kind: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("=HBBI", kind, if_true, if_false, value)


def _return(action: int) -> bytes:
    return struct.pack("=HBBI", RETURN, 0, 0, action)

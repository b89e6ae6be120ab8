"""The process that reads files for `touchstone.engine.resumes.isolated`, within its own limits.

Started as ``python -m touchstone.engine.resumes.worker FD``: a `multiprocessing` connection over
which it is first told its `Orders`, then sent files until the other end closes.
"""

from __future__ import annotations

import os
import resource
import sys
from multiprocessing.connection import Connection
from typing import Any

from touchstone.common.errors import UnreadableFile
from touchstone.engine.resumes.isolated import Answer, Orders, Reading
from touchstone.engine.resumes.refusal import refuse

_MAX_FILE_BYTES = 256 * 1024 * 1024
_RECURSION = 4000


def main(descriptor: int) -> None:
    """Reads files until the connection closes."""
    connection = Connection(descriptor)
    orders: Orders = connection.recv()
    _limit(orders)
    while True:
        try:
            name, data = connection.recv()
        except EOFError:
            return
        connection.send(_answer(orders, name, data))


def serve_forked(descriptor: int) -> None:
    """The same in a copy of the caller's process, of whose open files it keeps only its own.

    Otherwise the copies would hold each other's connections open and outlive their caller.
    """
    highest = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 65536)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, highest)
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(quiet, standard)
    main(descriptor)


def _limit(orders: Orders) -> None:
    memory = (orders.limits.ocr_memory_mib if orders.ocr else orders.limits.memory_mib) << 20
    # Only the soft limit: a converter started from here is given its own.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))
    sys.setrecursionlimit(_RECURSION)


def _answer(orders: Orders, name: str, data: bytes) -> Answer:
    try:
        return _read(orders, name, data)
    except UnreadableFile as error:
        return Answer(refusal=(error.reason, error.message))
    except MemoryError:
        return Answer(refusal=("too_much_memory", refuse("too_much_memory").message))
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes is that file's error
        message = refuse("broken_file").message
        return Answer(refusal=("broken_file", message), cause=f"{type(error).__name__}: {error}")


def _read(orders: Orders, name: str, data: bytes) -> Answer:
    from touchstone.engine.resumes.extract import extract
    from touchstone.engine.resumes.parse import parse

    reader = None
    if orders.ocr:
        from touchstone.engine.resumes.ocr import rapid_reader

        reader = rapid_reader()
    document = extract(data, name, orders.limits, reader, geometry=orders.geometry)
    if document.needs_ocr and not document.text.strip():
        return Answer(needs_ocr=True)
    reading = Reading(name, document, parse(document, orders.as_of, filename=name))
    value: Any = orders.then(reading) if orders.then else reading
    return Answer(value=value, needs_ocr=document.needs_ocr)


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What every file-reading command shares: JSON lines in input order, as each is ready."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

Item = TypeVar("Item")
Row = dict[str, Any]


def add_batch_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds ``--jobs`` and ``--quiet``."""
    parser.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="processes (default: all cores)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, no messages")


def dump(row: Row) -> str:
    """One line of JSON: keys in the order given, Chinese as it is, no NaN."""
    return json.dumps(row, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)


def emit(rows: Iterable[Row], *, total: int = 0, quiet: bool = False) -> int:
    """Prints rows as they come; returns 1 if any has status "error", else 0."""
    status = 0
    show = not quiet and total > 1 and sys.stderr.isatty()
    for done, row in enumerate(rows, 1):
        sys.stdout.write(dump(row) + "\n")
        sys.stdout.flush()
        if row.get("status") == "error":
            status = 1
        if show:
            sys.stderr.write(f"\r{done}/{total}")
            sys.stderr.flush()
    if show:
        sys.stderr.write("\n")
    return status


def in_order(
    work: Callable[[Item], list[Row]],
    items: Iterable[Item],
    *,
    jobs: int = 0,
    failed: Callable[[Item, BaseException], Row],
    initializer: Callable[..., None] | None = None,
    initargs: tuple[Any, ...] = (),
) -> Iterator[Row]:
    """Runs ``work`` over ``items`` and yields rows in the order of the items.

    Args:
        work: picklable; returns the rows of one item (a ZIP gives several).
        items: picklable inputs; read lazily, at most four a process in flight.
        jobs: processes; 0 for all cores, 1 to stay in this process.
        failed: the row of an item whose work raised or whose process died.
    """
    count = jobs or os.cpu_count() or 1
    if count == 1:
        if initializer:
            initializer(*initargs)
        for item in items:
            try:
                rows = work(item)
            except Exception as error:  # noqa: BLE001 - one bad input never stops the batch
                rows = [failed(item, error)]
            yield from rows
        return
    # Loaded only here: it takes longer than some commands need in all.
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(count, initializer=initializer, initargs=initargs) as pool:
        pending: list[tuple[Item, Future[list[Row]]]] = []
        for item in items:
            pending.append((item, pool.submit(work, item)))
            while len(pending) >= 4 * count:
                yield from _next(pending, failed)
        while pending:
            yield from _next(pending, failed)


def _next(
    pending: list[tuple[Item, Future[list[Row]]]], failed: Callable[[Item, BaseException], Row]
) -> list[Row]:
    item, future = pending.pop(0)
    error = future.exception()
    return [failed(item, error)] if error else future.result()

"""What runs beside the requests: each job a thread of the worker in one slot, and never in two workers at a time."""

import os
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator

from adapter import api
from adapter.unix.inotify import CHILDREN, Inotify
from adapter.uwsgi.calendar import Times

Due = Callable[[Callable[[float | None], bool]], Iterator[None]]
"""Given `rest` (seconds; True: the worker drains, so leave), yields each time the job is due."""
_LOOK = 1.0  # seconds between two looks whether the worker drains, where something else is waited for


def arrange(function: Callable[[int], object], due: Due, *, number: int, target: str) -> None:
    """Have it run: in slot 0, or the one of `workerN`, by whichever worker holds its lock, that of a former generation first;
    in each worker for `workers`. Raises ValueError for a target that adapter does not have.
    """
    slot = _slot(target)

    def start() -> None:
        if slot in (None, api.slot()):
            name = f"job-{getattr(function, '__qualname__', number)}"
            lock = api.lock(f"job {number} {function.__module__}.{name}") if slot is not None else None
            threading.Thread(target=_run, args=(function, due, number, lock), name=name, daemon=True).start()

    api.postfork(start)


def _slot(target: str) -> int | None:
    """None: all of them."""
    if target in ("workers", "active-workers"):
        return None
    if target in ("", "worker"):
        return 0
    if target.startswith("worker") and target.removeprefix("worker").isdigit():
        return int(target.removeprefix("worker")) - 1
    raise ValueError(f"adapter has no target {target!r}: use worker, workerN or workers")


def _run(function: Callable[[int], object], due: Due, number: int, lock: api.Lock | None) -> None:
    drains = api.seat.serving("a job").drains
    if lock is not None:
        lock.acquire()
    try:
        for _ in due(drains.wait):
            if drains.is_set():
                return
            try:
                function(number)
            except Exception:  # noqa: BLE001 -- as uWSGI: told, and the next time comes
                sys.excepthook(*sys.exc_info())
    finally:
        if lock is not None:
            lock.release()


def every(seconds: float) -> Due:
    """Each time so many seconds have passed, counted from start to start; one that takes longer is not made up for."""

    def due(rest: Callable[[float | None], bool]) -> Iterator[None]:
        at = time.monotonic()
        while True:
            at = max(at + seconds, time.monotonic())
            if rest(at - time.monotonic()):
                return
            yield

    return due


def at(times: Times) -> Due:
    """At the beginning of each minute that fits."""

    def due(rest: Callable[[float | None], bool]) -> Iterator[None]:
        while not rest(60 - time.time() % 60):
            now = time.localtime(time.time() + 0.5)  # a timer may come a little early
            if times.due(now.tm_min, now.tm_hour, now.tm_mday, now.tm_mon, (now.tm_wday + 1) % 7):
                yield

    return due


def changed(path: str) -> Due:
    """Each time something happens to this file, which need not exist yet, or in this directory (inotify(7))."""

    def due(rest: Callable[[float | None], bool]) -> Iterator[None]:
        kernel = Inotify()
        try:
            within = os.path.isdir(path)
            kernel.watch(path if within else os.path.dirname(path) or ".", CHILDREN)
            while not rest(0):
                if select.select([kernel.fd], [], [], _LOOK)[0] and any(
                    within or each.name == os.path.basename(path) for each in kernel.read()
                ):
                    yield
        finally:
            os.close(kernel.fd)

    return due

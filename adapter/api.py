"""What an application can ask of the server it runs in.

    from adapter import api

    @api.postfork
    def connect(): ...                # in each worker, after the fork, before its first request

    with api.lock("reindex"): ...     # one at a time of all workers, old and new

It can be imported anywhere; outside a worker its functions raise `NotServing`, and `postfork` and `lock()` only prepare.
It stands on the lowest floor and imports nothing of the server's, who takes a `Seat` when it starts a worker.
"""

import re
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
NOWHERE = -1
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}")
_MOST = 16
_LONGEST = 255


class NotServing(RuntimeError):
    """This process is no worker of adapter's (or not yet: the application is still being imported)."""


class Locks(Protocol):
    """Locks of all workers, by name."""

    def acquire(self, name: str, *, wait: bool) -> bool:
        """Hold it; without `wait`, False when somebody else does."""

    def release(self, name: str) -> None:
        """Give it up."""

    def held(self, name: str) -> bool:
        """Does anybody hold it, in any worker?"""


class Place(Protocol):
    """Where this process stands in the server. In the preloader, which imports the application, `slot` is NOWHERE."""

    worker: int
    slot: int
    generation: int
    master: int
    options: Mapping[str, Any]
    after_fork: list[Callable[[], Any]]
    drains: threading.Event
    locks: Locks
    extend: Callable[[float], None]
    said: Callable[[], dict[str, str] | None]

    def written(self) -> list[tuple[str, str]]:
        """The lines of an --ini, as uwsgi.opt has them."""

    def ask(self, command: str) -> None:
        """Of the master; it answers in the log."""

    def workers(self) -> list[dict[str, Any]]:
        """What the master knows of them."""

    def note(self, sentence: str) -> None:
        """A line in the server's log."""


class Seat:
    """There is one per process, and who sits there changes when a worker is forked."""

    def __init__(self) -> None:
        self.place: Place | None = None

    def taken(self, what: str) -> Place:
        """Who sits there. Raises NotServing: `what` was asked of a process that is no part of a server."""
        if self.place is None:
            raise NotServing(f"{what}: this process is no worker of adapter's; run the application with `adapter serve`")
        return self.place

    def serving(self, what: str) -> Place:
        """As above, and it must be a worker by now."""
        place = self.taken(what)
        if place.slot == NOWHERE:
            raise NotServing(f"{what}: there is no worker yet, the application is being imported; ask after the fork (postfork)")
        return place


seat = Seat()


def worker_id() -> int:
    """This worker's number: each worker of the server's life has another one, from 1 on."""
    return seat.serving("worker_id()").worker


def slot() -> int:
    """The slot this worker sits in, from 0 on. While a reload rolls, two workers sit in one."""
    return seat.serving("slot()").slot


def generation() -> int:
    """Which load of the code and the configuration this is, from 1 on."""
    return seat.taken("generation()").generation


def master_pid() -> int:
    """The process that the supervisor knows."""
    return seat.taken("master_pid()").master


def draining() -> bool:
    """Was this worker told to finish what it holds and to leave? Long work that can be cut short asks it now and then."""
    return seat.serving("draining()").drains.is_set()


def extend_deadline(seconds: float) -> None:
    """The request that this thread works on may last so much longer than `--request-timeout` says; asked again, it adds up.

    Without that option, or in a thread with no request, it changes nothing. Raises ValueError for less than nothing.
    """
    if not seconds >= 0:
        raise ValueError(f"extend_deadline() takes seconds from 0 on, not {seconds}")
    seat.serving("extend_deadline()").extend(seconds)


def log(**variables: object) -> None:
    """Say this of the request that this thread works on, in its line of the access log: `vars` in JSON, `{var:NAME}` in a format.

    Said again, the last word counts. Each is cut after 255 characters. In a thread with no request it changes nothing. Raises
    ValueError for a name that is no plain word of 32 characters at most, and for more than 16 of them.
    """
    said = seat.serving("log()").said()
    if said is None:
        return
    for name in variables:
        if not _NAME.fullmatch(name):
            raise ValueError(f"log() takes names of at most 32 letters, digits, '_', '-' and '.', not {name!r}")
    if len(said.keys() | variables) > _MOST:
        raise ValueError(f"log() takes {_MOST} names for one request; these would be more: {', '.join(said.keys() | variables)}")
    said.update({name: str(value)[:_LONGEST] for name, value in variables.items()})


def logged() -> dict[str, str]:
    """What was said so far of the request that this thread works on."""
    return dict(seat.serving("logged()").said() or {})


def workers() -> list[dict[str, Any]]:
    """A record per worker, as in `adapter status --json`: id, slot, generation, pid, stage, requests, and more.

    Raises TimeoutError when the master does not answer within 5 s.
    """
    return seat.serving("workers()").workers()


def reload() -> None:
    """Have the server reload, as HUP does; returns at once. This request is finished, by this worker."""
    seat.taken("reload()").ask("reload")


def stop() -> None:
    """Have the server stop, draining, as TERM does; returns at once. This request is finished."""
    seat.taken("stop()").ask("stop")


def postfork(function: F) -> F:
    """A decorator: call it in each worker after the fork, before its first request, for what must not be shared: connections,
    threads, random states. In the order of decoration; a worker in which it raises does not serve, and a reload fails with it.
    """
    if seat.place is not None:
        seat.place.after_fork.append(function)
    return function


class Lock:
    """A lock of all workers of the server, of every generation, by its name. Not reentrant.

    When its holder ends, however, it is free. A holder that drains keeps it until it has finished.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def acquire(self, *, blocking: bool = True) -> bool:
        """Hold it; without `blocking`, False at once when somebody else does. Raises NotServing."""
        return self._locks("acquire").acquire(self.name, wait=blocking)

    def release(self) -> None:
        """Give it up. Raises RuntimeError when this process does not hold it."""
        self._locks("release").release(self.name)

    def locked(self) -> bool:
        """Does anybody hold it, in any worker?"""
        return self._locks("locked").held(self.name)

    def _locks(self, what: str) -> Locks:
        return seat.taken(f"lock({self.name!r}).{what}()").locks

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def lock(name: str) -> Lock:
    """The lock of that name."""
    return Lock(name)

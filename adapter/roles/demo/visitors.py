"""A small strict load: a few visitors who ask for the sample application's page, never twice for the same, and check every byte.

A connection that the server closed while it was idle is opened anew, as every browser does; one that breaks once we have asked is a loss.
"""

import http.client
import re
import select
import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Self

from adapter.exits import SystemFailure
from adapter.roles.demo.account import Account

_PAGE = re.compile(
    rb"(?P<greeting>[A-Za-z ]+) from worker \d+, child of master (?P<master>\d+)\n"
    rb"code loaded at \d\d:\d\d:\d\d, request \d+ of this worker\n"
)
_KEEPING, _FRESH = 4, 2  # visitors who keep their connection, and who come anew each time
_PAUSE = 0.02  # seconds between an answer and the next question: a load, not a benchmark
_REFUSED = 0.01  # and after a refusal
_PATIENCE = 30.0  # seconds of silence


class Answer(NamedTuple):
    """What the page says."""

    greeting: str
    master: int


class Visitors:
    """They come from `with` on, and leave at its end. `port`: on this host."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._leave = threading.Event()
        self._changed = threading.Condition()
        self._answered = self._refused = self._lost = 0
        self._latest: dict[int, tuple[float, Answer]] = {}  # by visitor: when it asked, and what came
        self._evidence = ""
        self._threads = [
            threading.Thread(target=self._visit, args=(number,), daemon=True, name=f"visitor-{number}")
            for number in range(_KEEPING + _FRESH)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def __len__(self) -> int:
        return len(self._threads)

    def leave(self) -> None:
        """Each hears the answer to what it has asked, and goes. Twice does no harm."""
        self._leave.set()
        for thread in self._threads:
            thread.join()

    def pause(self, seconds: float) -> None:
        """They go on meanwhile."""
        self._leave.wait(seconds)

    def account(self) -> Account:
        """So far."""
        with self._changed:
            return Account(self._answered, self._refused, self._lost)

    @property
    def evidence(self) -> str:
        """What the first loss looked like; empty when there was none."""
        return self._evidence

    def until(self, held: Callable[[Answer], bool], seconds: float) -> Answer:
        """Wait until each visitor has had such an answer to a question that it asked since; one of them. Raises SystemFailure."""
        since = time.monotonic()

        def all_held() -> bool:
            return len(self._latest) == len(self) and all(asked >= since and held(said) for asked, said in self._latest.values())

        with self._changed:
            if not self._changed.wait_for(all_held, seconds):
                raise SystemFailure(f"the answers are not as they should be after {seconds:g} s: {self._last()}")
            return next(said for _, said in self._latest.values())

    def _last(self) -> str:
        return (
            ", ".join(sorted({f'"{said.greeting}" of master {said.master}' for _, said in self._latest.values()})) or "none came"
        )

    # -- one of them ---------------------------------------------------------------------------------------------------

    def _visit(self, number: int) -> None:
        wire: http.client.HTTPConnection | None = None
        while not self._leave.is_set():
            asked = time.monotonic()
            wire = self._ask(number, asked, wire)
            if number < _FRESH and wire is not None:
                wire.close()
                wire = None
        if wire is not None:
            wire.close()

    def _ask(self, number: int, asked: float, wire: http.client.HTTPConnection | None) -> http.client.HTTPConnection | None:
        """One question; the connection, if it can be used again."""
        if wire is not None and _is_gone(wire):
            wire.close()
            wire = None
        try:
            wire = wire or self._connected()
        except OSError as error:
            self._no_connection(error)
            return None
        try:
            said = _exchange(wire)
        except (OSError, http.client.HTTPException, ValueError) as error:
            wire.close()
            self._note_loss(error)
            return None
        with self._changed:
            self._answered += 1
            self._latest[number] = asked, said
            self._changed.notify_all()
        self._leave.wait(_PAUSE)
        return wire if wire.sock is not None else None  # http.client closes it where the server said so

    def _connected(self) -> http.client.HTTPConnection:
        wire = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        wire.auto_open = 0  # nothing is asked twice
        wire.connect()
        return wire

    def _no_connection(self, error: OSError) -> None:
        if isinstance(error, ConnectionRefusedError):
            with self._changed:
                self._refused += 1
        else:
            self._note_loss(error)
        self._leave.wait(_REFUSED)

    def _note_loss(self, error: Exception) -> None:
        with self._changed:
            self._lost += 1
            self._evidence = self._evidence or f"{type(error).__name__}: {error}"
            self._changed.notify_all()


def _is_gone(wire: http.client.HTTPConnection) -> bool:
    """Nobody has asked, so there is nothing to read but an end."""
    return bool(select.select([wire.sock], [], [], 0)[0])


def _exchange(wire: http.client.HTTPConnection) -> Answer:
    """Raises ValueError for an answer that is not the page, to the byte."""
    wire.request("GET", "/")
    with wire.getresponse() as response:
        body = response.read()
        if response.status != http.client.OK or response.getheader("Content-Length") != str(len(body)):
            raise ValueError(f"status {response.status} and {len(body)} bytes")
    page = _PAGE.fullmatch(body)
    if page is None:
        raise ValueError(f"not the page: {body[:200]!r}")
    return Answer(page["greeting"].decode(), int(page["master"]))

"""One request with the application, as a task for its threads."""

from typing import Any, Protocol

from adapter.protocols.http1.events import Head
from adapter.roles.incoming import Whole
from adapter.roles.outgoing import Outgoing
from adapter.roles.shared import Shared
from adapter.roles.threads import Task


class Caller(Protocol):
    """Who has the request, and gets the response."""

    out: Outgoing
    around: dict[str, Any]
    """What is so for all its requests."""

    def take_back(self, now: float) -> None:
        """The call lasts too long: end the connection without it; in the thread that leads."""

    def finished(self, call: "Call", now: float) -> None:
        """The call is over; in the thread that leads, once."""


class Call(Task):
    """The caller is told when it is `finished`; then `keep_alive` says whether its connection may go on. `status`: three digits, or
    nothing when the client was gone before the application said.
    """

    __slots__ = ("_caller", "_request", "_shared", "came", "client", "content", "keep_alive", "status")

    def __init__(self, shared: Shared, request: Whole, caller: Caller, now: float) -> None:
        self.began = 0.0
        self.thread = 0
        self.came = now
        self._shared = shared
        self._request = request
        self._caller = caller

    @property
    def head(self) -> Head:
        """What is asked."""
        return self._request.head

    @property
    def name(self) -> str:
        """Method and target."""
        return f"{self._request.head.method} {self._request.head.target}"

    def run(self) -> None:
        """Whatever the application does, the response is complete afterwards or the connection must not go on."""
        shared, request, caller = self._shared, self._request, self._caller
        self.keep_alive = False
        self.status = ""
        self.content = 0
        self.client = ""
        shared.note[self.thread](request.head.target.encode("latin-1"))  # the last thing that is known of a call that kills us
        # Asked now and not when the request was queued: a drain may have begun since.
        wanted = shared.keep_alive and (request.more or not shared.closing)
        response = shared.application.answer(request, caller.around, caller.out, keep_alive=wanted)
        self.keep_alive = response.keep_alive
        self.status = response.status
        self.content = response.content
        self.client = response.client

    def take_back(self, now: float) -> None:
        """The client gets another answer, if this one has not begun."""
        self._caller.take_back(now)

    def done(self, now: float) -> None:
        """Back to the one who leads."""
        self._caller.finished(self, now)

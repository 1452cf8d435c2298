"""One request with the application, as a task for a thread of the pool."""

from collections.abc import Callable

from adapter.gateway.wsgi import ClientGone
from adapter.roles.answering import Parties
from adapter.roles.incoming import Whole
from adapter.roles.outgoing import Outgoing
from adapter.roles.pool import Task
from adapter.roles.shared import Shared


class Call(Task):
    """`finished` is told once, in the loop's thread; then `keep_alive` says whether the connection may go on."""

    __slots__ = ("_ended", "_finished", "_out", "_parties", "_request", "_shared", "keep_alive")

    def __init__(
        self, shared: Shared, request: Whole, parties: Parties, out: Outgoing, finished: Callable[["Call", float], None]
    ) -> None:
        super().__init__()
        self._shared = shared
        self._request = request
        self._parties = parties
        self._out = out
        self._finished = finished
        self._ended = False
        self.keep_alive = False

    @property
    def name(self) -> str:
        """Method and target."""
        return f"{self._request.head.method} {self._request.head.target}"

    def run(self) -> None:
        """Whatever the application does, the response is complete afterwards or the connection must not go on."""
        shared, request = self._shared, self._request
        # Asked now and not when the request was queued: a drain may have begun since.
        wanted = shared.keep_alive and (request.more or not shared.closing)
        try:
            self.keep_alive = shared.application.answer(request, self._parties, self._send, keep_alive=wanted)
        finally:
            self._ended = True

    def done(self, now: float) -> None:
        """Back to the loop."""
        self._finished(self, now)

    def _send(self, data: bytes) -> None:
        if self._ended:  # a thread the application left behind still writes: the connection may be another request's by now
            raise ClientGone
        self._out.send(data)

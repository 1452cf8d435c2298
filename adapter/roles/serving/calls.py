"""One request with the application, as a task for its threads."""

from adapter.gateway.environ import Surroundings
from adapter.gateway.wsgi import Response
from adapter.protocols.http1.events import Head
from adapter.roles.serving.deadlines import Timed
from adapter.roles.serving.incoming import Whole
from adapter.roles.serving.outgoing import Outgoing
from adapter.roles.serving.shared import Shared
from adapter.roles.serving.tasks import Task


class Caller(Timed):
    """Who has the request, and gets the response. A class and no Protocol: compiled, it is then called straight."""

    __slots__ = ("address", "out")
    out: Outgoing
    address: str
    """Of the listener it came by."""

    def take_back(self, call: "Call", now: float) -> None:
        """The call lasts too long: end the connection without it; in the thread that leads."""
        raise NotImplementedError

    def finished(self, call: "Call", now: float) -> None:
        """The call is over; in the thread that leads, once, also after it was taken back."""
        raise NotImplementedError


class Call(Task):
    """The caller is told when it is `finished`; then there is a `response`, and it says whether the connection may go on."""

    __slots__ = ("_around", "_caller", "_request", "_shared", "came", "response")

    def __init__(self, shared: Shared, request: Whole, caller: Caller, around: Surroundings, now: float) -> None:
        self.began, self.thread = 0.0, 0  # and not by super(): this is made once per request
        self.came = now
        self.response: Response | None = None
        self._shared = shared
        self._request = request
        self._caller = caller
        self._around = around

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
        self.note(request.head.target.encode("latin-1"))  # the last thing that is known of a call that kills us
        # Asked now and not when the request was queued: a drain may have begun since.
        wanted = shared.keep_alive and (request.more or not (shared.closing or caller.address in shared.leaving))
        self.response = shared.application.answer(request, self._around, caller.out, keep_alive=wanted)

    def take_back(self, now: float) -> None:
        """The client gets another answer, if this one has not begun."""
        self._caller.take_back(self, now)

    def done(self, now: float) -> None:
        """Back to the one who leads."""
        self._caller.finished(self, now)

"""What all connections of one worker have in common."""

from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Final, Protocol

from adapter.config.settings import Settings
from adapter.gateway.spool import Spool
from adapter.log import Log
from adapter.protocols.cgi import receiving as cgi
from adapter.protocols.entry import Entry
from adapter.protocols.http1 import receiving as http1
from adapter.protocols.http1 import usual
from adapter.protocols.http1.events import Refusal
from adapter.protocols.scgi import receiving as scgi
from adapter.protocols.spoken import HTTP, SCGI, UWSGI
from adapter.protocols.uwsgi import receiving as uwsgi
from adapter.roles.serving.answering import App, Application, Parties
from adapter.roles.serving.complaints import Complaints
from adapter.roles.serving.handing import Handing
from adapter.roles.serving.incoming import NO_ROOM, Incoming, limits
from adapter.roles.serving.loop import Loop
from adapter.roles.serving.tasks import Task
from adapter.roles.serving.threads import Threads
from adapter.scoreboard.figures import Counters
from adapter.scoreboard.latency import BOUNDS, BUCKETS
from adapter.unix.handover import Ends

_RECEIVERS: dict[str, type[http1.Receiver] | type[cgi.Receiver]] = {
    HTTP: http1.Receiver,
    UWSGI: uwsgi.Receiver,
    SCGI: scgi.Receiver,
}
usual.fill()  # here, where a preloader does it for all its workers
_BOUNDS: Final = list(BOUNDS)
"""A list: compiled, a tuple of known length would be made anew for each call that is given it."""
_SHORTEST: Final = BOUNDS[0]
_SHORTER: Final = BOUNDS[1]
_SHORT: Final = BOUNDS[2]
"""Calls no longer than this are those whose counting is a share of anything: their buckets are found without a call."""


class Open(Protocol):
    """An open connection, as the server sees it."""

    @property
    def idle_since(self) -> float:
        """Seconds of the monotonic clock; NEVER unless it waits for a request of which nothing has come."""

    def expire(self, now: float) -> None:
        """Its deadline, or as if it were."""

    def leave(self, now: float) -> None:
        """We drain."""

    def resume(self, now: float) -> None:
        """We were paused, and are no more."""

    def cut(self) -> bool:
        """The drain's deadline is here. True: something was lost."""


class Shared:
    """One per server. Written by the thread that leads; threads of calls read `closing` and `keep_alive` only."""

    def __init__(
        self,
        app: App,
        settings: Settings,
        log: Log,
        *,
        multiprocess: bool,
        queue: Ends | None,
        lead: Callable[[], int],
        tick: Callable[[float], None],
        access: Callable[[Entry], None] | None,
    ) -> None:
        self.settings = settings
        self.log = log
        self.application = Application(
            app, log, multithread=settings.threads > 1, multiprocess=multiprocess, believed=settings.forwarded_allow_ips
        )
        self.multiprocess = multiprocess
        self.complaints = Complaints(log)
        self.access = access
        self.limits = limits(settings)
        self.keep_alive = settings.keepalive_timeout > 0
        self.patience = settings.keepalive_timeout
        self.first_patience = settings.header_timeout  # with a new connection
        self.loop = Loop()
        self.threads = Threads(settings.threads, self.loop.post, lead, tick)
        self.handing = Handing(queue, self.loop, log, self.taken_over)
        self.free: Callable[[], None] = lambda: None  # to be called when the last listener is closed
        self.connections: set[Open] = set()
        self.unusual = False  # one of the next two, or connections are handed over: look closer after each response
        self.paused = False  # requests wait; nothing is accepted
        self.closing = False  # we drain, and nobody serves after us: every response says so
        self.leaving: frozenset[str] = frozenset()  # addresses that nobody serves after us: their connections are not handed over
        self.linger = 0.0  # seconds an idle connection stays while we drain
        self.accepted = self.closed = self.refused = self.fine = 0
        self.answered: dict[str, int] = {}  # calls by status, without the `fine` (200); "": the client was gone
        self.overdue = 0  # calls that were given up at --request-timeout
        self.running = 0.0  # seconds in the application, all calls together
        self.latency = [0] * BUCKETS  # how many of them took how long
        self.bytes_in = self.bytes_out = 0

    def refuse(self, why: Refusal, spoken: str, parties: Parties) -> None:
        """Count it; and tell what is our own fault, or that of a front end, which its operator can mend."""
        self.refused += 1
        if why.status == NO_ROOM:  # a client that asks for what we do not do (501, 505) writes nothing into our log
            self.log.error("cannot take a request", reason=why.reason)
        elif why.status == 400 and spoken != HTTP:  # noqa: PLR2004 -- what a front end should not have let through, or said
            self.complaints.say("a connection is refused", reason=why.reason, client=parties.client.host)

    def count(self, task: Task, status: str, sent: int, now: float) -> None:
        """A call is over. What can be reckoned when somebody looks is not reckoned here: of the 27 us of a small request this takes 0.2."""
        if status == "200":
            self.fine += 1
        else:
            self.answered[status] = self.answered.get(status, 0) + 1
        self.bytes_out += sent
        seconds = now - task.began
        if seconds > _SHORT:
            self.latency[bisect_left(_BOUNDS, seconds)] += 1
        elif seconds > _SHORTER:
            self.latency[2] += 1
        elif seconds > _SHORTEST:
            self.latency[1] += 1
        else:
            self.latency[0] += 1
            if seconds < 0:  # it began after the loop had last looked at the clock
                return
        self.running += seconds

    @property
    def requests(self) -> int:
        """Calls that are over. From any thread, as `answers` and `counters`."""
        return self.fine + sum(self.answered.copy().values())

    def answers(self) -> dict[str, int]:
        """How many, by the first digit of the status; "": the client was gone."""
        by_class = dict.fromkeys(("", *"23456789"), 0)
        by_class["2"] = self.fine
        for status, number in self.answered.copy().items():  # a copy is made at once; the dict itself may grow meanwhile
            by_class[status[:1]] += number
        return by_class

    def counters(self) -> Counters:
        """What was counted since the start."""
        answers = self.answers()
        return Counters(
            sum(answers.values()),
            0,
            answers["2"],
            answers["3"],
            answers["4"],
            answers["5"],
            self.refused,
            self.application.failed,
            self.bytes_in,
            self.bytes_out,
            self.accepted,
            self.handing.given,
            self.handing.taken,
            round(self.running * 1e6),
            overdue=self.overdue,
        )

    def incoming(self, spoken: str) -> Incoming:
        """The reading side of a new connection."""
        receiver = http1.Receiver(self.limits) if spoken == HTTP else _RECEIVERS[spoken](self.limits)
        return Incoming(receiver, self.settings.body_memory)

    def taken_over(self, plain: dict[str, Any], body: Spool | None) -> Incoming:
        """The reading side of a connection that was handed over."""
        receiver = _RECEIVERS[plain["spoken"]].from_plain(plain["receiver"], self.limits)
        return Incoming.from_plain(plain, body, receiver, self.settings.body_memory)

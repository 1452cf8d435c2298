"""One connection on descriptors we were given, request after request, in this one thread: what inetd's `nowait` mode serves.

Nothing here sets O_NONBLOCK: the flag belongs to the open file, which whoever gave it to us may use too.
"""

from __future__ import annotations

import os
from _socket import MSG_DONTWAIT
from time import monotonic

from adapter.config.settings import Settings
from adapter.gateway.out import ClientGone
from adapter.poll import PIPE_BUF, readable, writable
from adapter.protocols.http1.events import Refusal
from adapter.protocols.http1.receiving import Receiver
from adapter.protocols.http1.sending import CONTINUE, refusal
from adapter.roles.inetd.stdio import Ends
from adapter.roles.serving import lingering
from adapter.roles.serving.answering import Application, Parties
from adapter.roles.serving.incoming import BODY, HEAD, IDLE, Incoming, Whole, limits
from adapter.unix.traps import Bell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.gateway.file_wrapper import Part
    from adapter.protocols.entry import Entry

_READ = 1 << 16


class Wire:
    """The connection. `bell` catches the signals that ask us to stop."""

    def __init__(self, ends: Ends, bell: Bell) -> None:
        self._ends = ends
        self._bell = bell
        self._stopping = False

    def stopping(self) -> bool:
        """Whether we have been asked to stop."""
        if not self._stopping and self._bell.heard():
            self._stopping = True
        return self._stopping

    def read(self, seconds: float, *, idle: bool) -> bytes | None:
        """What is there, or comes within so long; b"" at the end, or when the client is gone. None: nothing came; or, when `idle`,
        nothing is there and we are asked to stop.
        """
        ready: list[int] = []
        deadline = monotonic() + seconds
        while (data := self._read_some(surely=self._ends.reader in ready)) is None:
            hurry = idle and self.stopping()
            fds = [self._ends.reader] if self._stopping else [self._ends.reader, self._bell.fileno()]
            ready = readable(fds, 0 if hurry else deadline - monotonic())
            if not ready and (hurry or monotonic() >= deadline):
                return None
            self.stopping()  # the bell may have rung: hear it, or we would be told of it at once for ever
        return data

    def send(self, data: bytes, patience: float) -> None:
        """Send all of it. Raises ClientGone when the client is, or takes nothing for `patience` seconds."""
        rest = memoryview(data)
        while rest:
            if (sent := self._send_some(rest)) == 0 and not writable(self._ends.writer, patience):
                raise ClientGone
            rest = rest[sent:]

    def end(self, *, heard_all: bool) -> None:
        """Say that we have said all, and wait a little for the client to say so too, lest a reset destroys our last words; not for one
        that has said before that nothing more would come, and of whom all is read: there is nothing that a close could meet.
        """
        if self._ends.socket is None:
            os.close(self._ends.writer)
            return
        if not lingering.half_close(self._ends.socket):
            return
        if heard_all:
            os.sched_yield()  # what is left is our end, which a client on the same processor need not wait for
            return
        deadline = monotonic() + lingering.SECONDS
        while self.read(deadline - monotonic(), idle=False):
            pass

    def _read_some(self, *, surely: bool) -> bytes | None:
        """What is there. None: nothing is. A pipe can only be asked when there `surely` is something: it would have us wait."""
        try:
            if self._ends.socket is not None:
                return self._ends.socket.recv(_READ, MSG_DONTWAIT)
            return os.read(self._ends.reader, _READ) if surely else None
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def _send_some(self, data: memoryview) -> int:
        """How much was taken; 0: wait."""
        try:
            if self._ends.socket is not None:
                return self._ends.socket.send(data, MSG_DONTWAIT)
            return os.write(self._ends.writer, data[:PIPE_BUF]) if writable(self._ends.writer, 0) else 0
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            raise ClientGone from error


class Conversation:
    """Serves the wire until one side has had enough. `application` makes the answers."""

    def __init__(
        self, application: Application, settings: Settings, wire: Wire, parties: Parties, access: Callable[[Entry], None] | None
    ) -> None:
        self._application = application
        self._settings = settings
        self._wire = wire
        self._around = application.around(parties)
        self._incoming = Incoming(Receiver(limits(settings)), settings.body_memory)
        self._gone = False
        self._heard_all = False
        self._client = parties.client.host
        self._access = access

    def run(self) -> None:
        """Until the end of it. A client that goes away is no error."""
        try:
            spoke_last = self._talk()
        except ClientGone:
            return
        if spoke_last and not self._gone:
            self._wire.end(heard_all=self._heard_all)

    def _talk(self) -> bool:
        """Whether it was we who ended it, with a response that must still arrive."""
        patience = self._settings.header_timeout
        while (request := self._next(patience)) is not None:
            if isinstance(request, Refusal):
                if self._access is not None:
                    from adapter.roles.serving.noting import refused  # noqa: PLC0415 -- only for an access log, here and below

                    self._access(refused(request.status, self._client, monotonic(), self._incoming.head))
                self.send(refusal(request.status, date=self._application.date()))
                return True
            wanted = self._settings.keepalive_timeout > 0 and (request.more or not self._wire.stopping())
            came = monotonic()
            response = self._application.answer(request, self._around, self, keep_alive=wanted)
            if self._access is not None:
                from adapter.roles.serving.noting import answered  # noqa: PLC0415 -- as above

                self._access(answered(request.head, response, 0, came, monotonic(), self._client))
            if not response.keep_alive:
                self._heard_all = request.says_good_bye and not request.more
                return True
            patience = self._settings.keepalive_timeout
        return False

    def send(self, data: bytes) -> None:
        """To the client. Raises ClientGone."""
        try:
            self._wire.send(data, self._settings.write_timeout)
        except ClientGone:
            self._gone = True
            raise

    def finish(self, data: bytes, closing: bool) -> None:  # noqa: ARG002, FBT001 -- as gateway.out
        """To the client: there is no other way than to wait for it."""
        self.send(data)

    def finish_file(self, _head: bytes, _part: Part) -> bool:
        """Not here: the descriptors we were given may be pipes."""
        return False

    def _next(self, patience: float) -> Whole | Refusal | None:
        """The next request, or why there is none; None: good-bye. `patience`: seconds for its first byte."""
        deadlines = self._deadlines(patience)
        request = self._incoming.next()
        while request is None:
            idle = self._incoming.stage == IDLE
            if (data := self._wire.read(deadlines() - monotonic(), idle=idle)) is None:
                return None if idle else Refusal(408, "too slow")
            if not data:
                return self._incoming.eof()
            request = self._incoming.take(data)
        return request

    def _deadlines(self, patience: float) -> Callable[[], float]:
        """Until when to wait for the next bytes: one limit for silence before a request, one for its head, one for silences in its body."""
        stage, until = IDLE, monotonic() + patience

        def deadline() -> float:
            nonlocal stage, until
            before, stage = stage, self._incoming.stage
            if stage == BODY:
                if before != BODY and self._incoming.wants_continue:
                    self.send(CONTINUE)
                until = monotonic() + self._settings.body_timeout
            elif stage == HEAD and before == IDLE:
                until = monotonic() + self._settings.header_timeout
            return until

        return deadline

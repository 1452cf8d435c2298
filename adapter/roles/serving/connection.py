"""One connection, from its acceptance to its end: bytes in, requests to the application, one at a time; responses out; never blocking.

All of it is the leading thread's, except `Outgoing`, which the thread of the current call fills. While a request is with the
application nothing is read: what a pipelining client sends waits in `Incoming`, then in the kernel, then at the client.
"""

from typing import Final

from adapter.gateway.environ import Surroundings
from adapter.protocols.http1.events import Refusal
from adapter.protocols.http1.sending import CONTINUE, refusal
from adapter.protocols.spoken import SCGI
from adapter.roles.serving.calls import Call
from adapter.roles.serving.deadlines import NEVER
from adapter.roles.serving.handing import Guest
from adapter.roles.serving.incoming import BODY, HEAD, IDLE, Whole
from adapter.roles.serving.line import CALLING, FIRST_PATIENCE, FLUSHING, GIVEN_UP, LINGERING, NOT_YET, Line
from adapter.roles.serving.loop import HUNG_UP, READABLE, WRITABLE
from adapter.roles.serving.noting import answered
from adapter.roles.serving.shared import Shared

_READ: Final = 65536


class Connection(Line):
    """Made when accepted, or taken over from another worker; in `Shared.connections` until closed, or handed over."""

    __slots__ = ("_around", "_hops", "_incoming", "_keep_alive", "_parties", "says_good_bye")

    def __init__(self, shared: Shared, guest: Guest, now: float) -> None:
        super().__init__(shared, guest.socket, guest.parties.client.host)
        self.address, self._parties, self._hops = guest.address, guest.parties, guest.hops
        self._incoming = guest.incoming
        self._around: Surroundings | None = None  # made with the first request: many a connection never brings one
        self._keep_alive = False  # after the response that is under way
        self.says_good_bye = False  # the client: this request is its last
        self._first_by = now + FIRST_PATIENCE
        shared.connections.add(self)
        try:
            self._begin(now, guest.patience)
        except Exception:  # noqa: BLE001 -- as `_attempt`, which would cost more
            self._fail()

    def _begin(self, now: float, patience: float) -> None:
        """Mostly the first request has come with the connection; if it is the last one too, the loop need not hear of us at all."""
        self._state = self._incoming.stage
        if self._incoming.has_more:
            self._take(self._incoming.next(), now)
        elif self._state != IDLE or not self._read(now) or self._state == IDLE:
            self._due(now + patience)
            self._arm()
        if self._shared.closing or self._shared.handing.giving:
            self.leave(now)

    # -- what happens to us ------------------------------------------------------------------------------------------------

    def _on_ready(self, mask: int, now: float) -> None:
        try:
            if mask == READABLE and self._state <= BODY:
                self._read(now)
            else:
                self._ready(mask, now)
        except Exception:  # noqa: BLE001 -- a bug met by one client must not end the others
            self._fail()

    def finished(self, call: Call, now: float) -> None:
        """The call is over; its response may still be on its way."""
        shared, out, response = self._shared, self.out, call.response
        keep_alive = response is not None and response.keep_alive
        if self._state == GIVEN_UP:
            self._close()
            return
        shared.count(call, "" if response is None else response.status, out.sent, now)
        out.sent = 0
        if keep_alive and self._mask == READABLE and not (out.size or out.gone or shared.unusual or self._incoming.has_more):
            # As nearly always: what the rest comes to, without the calls in between.
            self._state = IDLE
            self._due(now + shared.patience)
            if shared.access is not None:
                shared.access(answered(call.head, response, 0, call.came, now, self._client))
        else:
            self._untold, self._keep_alive, self._state = call, keep_alive, FLUSHING
            self._attempt(self._said, now)

    def expire(self, now: float) -> None:
        """Our deadline. What it means depends on what we were waiting for."""
        self._attempt(self._expired, now)

    def leave(self, now: float) -> None:
        """We drain: another worker takes the connection, as it is; or, with nobody to take it, an idle client has `linger` seconds
        for one more request, one that has sent none yet at least a little.
        """
        if self._shared.handing.giving and self.address not in self._shared.leaving:
            self._attempt(self._hand_over, now)
        elif self._state == IDLE:
            self._due(min(self.deadline, max(now + self._shared.linger, self._first_by)))

    def resume(self, now: float) -> None:
        """We were paused: what came meanwhile has not been looked at."""
        if self._state <= BODY and self._mask == 0:
            self._due(now + self._shared.settings.header_timeout)
            self._attempt(self._advance, now)

    # -- requests ----------------------------------------------------------------------------------------------------------

    def _ready(self, mask: int, now: float) -> None:
        if self._state in (CALLING, FLUSHING):
            if mask & HUNG_UP:  # not a half-close: there is nobody left to read a response
                self.out.abandon()
                self._lost()
                return
            if mask & WRITABLE:
                self._flush(now)
            self._arm()  # the rest can wait until it is its turn; only now do we pay for not hearing of it
        elif self._state == LINGERING:
            self._discard()
        elif self._shared.paused and mask & HUNG_UP:
            self._close()
        else:
            if mask & WRITABLE:  # a CONTINUE that found the socket full
                self._flush(now)
            if mask & ~WRITABLE and self._state <= BODY:
                self._read(now)

    def _read(self, now: float) -> bool:
        """Take what is there; False: nothing is."""
        if self._shared.paused:
            self._disarm()
            return True
        try:
            data = self._socket.recv(_READ)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            self._close()
            return True
        if data:
            self._shared.bytes_in += len(data)
            request = self._incoming.take(data)
            if type(request) is Whole:
                self._call(request, now)
            else:
                self._take(request, now)
            return True
        self._ended = True
        if (unfinished := self._incoming.eof()) is None:
            self._close()
        else:
            self._refuse(unfinished, now)
        return True

    def _advance(self, now: float) -> None:
        """Go on with what has been read before."""
        self._take(self._incoming.next(), now)

    def _take(self, request: Whole | Refusal | None, now: float) -> None:
        """To the next call, or wait for what is missing."""
        if request is None:
            self._await(now)
        elif isinstance(request, Refusal):
            self._refuse(request, now)
        else:
            self._call(request, now)

    def _call(self, request: Whole, now: float) -> None:
        shared = self._shared
        if self._around is None:
            self._around = shared.application.around(self._parties)
        self._first_by, self._state, self.deadline = 0.0, CALLING, NEVER
        self.says_good_bye = request.says_good_bye
        self.out.begun = False
        if self.out.size:  # a CONTINUE may still wait
            self._stalled(now)
        if shared.threads.handing_on:
            if shared.threads.stuck(now) and self._pass_on(request, now):
                return
            if self._mask == NOT_YET:  # a call that lasts: we want to hear of it when the client goes
                self._arm()
        self._hops = 0
        shared.threads.pending.append(Call(shared, request, self, self._around, now))

    def _pass_on(self, request: Whole, now: float) -> bool:
        """All our threads are held up: a sibling may have one that is not."""
        shared = self._shared
        if not shared.multiprocess or shared.closing or request.more or self.out.size:
            return False
        if not shared.handing.give(self._as_guest(now), request):
            return False
        if request.body is not None:
            request.body.close()
        self._close()
        return True

    def _await(self, now: float) -> None:
        stage = self._incoming.stage
        settings = self._shared.settings
        if stage == BODY:
            if self._state != BODY and self._incoming.wants_continue:
                self.out.put(CONTINUE)
            self._due(now + settings.body_timeout)
        elif stage == HEAD and self._state == IDLE:
            self._due(now + settings.header_timeout)
        self._state = stage
        self._arm()

    def _refuse(self, why: Refusal, now: float) -> None:
        self._shared.refuse(why, self._incoming.spoken, self._parties)
        self._tell_refused(why.status, self._incoming.head, now)
        self._incoming.close()
        self._keep_alive = False
        self._state = FLUSHING
        self.out.put(refusal(why.status, date=self._shared.application.date(), cgi=self._incoming.spoken == SCGI))
        self._said(now)

    # -- responses ---------------------------------------------------------------------------------------------------------

    def _said(self, now: float) -> None:
        """The response is complete; some of it may still be here."""
        out = self.out
        if out.gone:
            self._close()
        elif out.size:
            self._stalled(now)
        else:
            self._settle(now)

    def _flush(self, now: float) -> None:
        progress = self.out.flush()
        if self.out.gone:
            self._lost()
        elif self.out.size == 0:
            if self._state == FLUSHING:
                self._settle(now)
            elif self._state == CALLING:
                self._due(NEVER)
        elif progress and self._state in (CALLING, FLUSHING):
            self._expect_progress(now)
        self._arm()

    def _settle(self, now: float) -> None:
        """All of the response is with the kernel."""
        self._tell(now)
        if not self._keep_alive:
            # One that has said that this was its last request, and all of that was read, sends nothing that a close could meet.
            if self.says_good_bye and not self._incoming.has_more:
                self._close()
            else:
                self._linger(now)
            return
        shared = self._shared
        self._state = IDLE
        self._due(now + shared.patience)
        if shared.paused:
            self._disarm()
        elif self._incoming.has_more:
            self._advance(now)
        elif self._mask != READABLE:
            self._arm()
        if shared.closing or shared.handing.giving:
            self.leave(now)

    # -- the end -----------------------------------------------------------------------------------------------------------

    def _hand_over(self, now: float) -> None:
        """To whoever serves on; what the client has sent of its next request goes along. While a call runs, or something still
        leaves, it is not time yet.
        """
        if self._state > BODY or self.out.size or self._incoming.has_more or self._ended:
            return
        given = self._shared.handing.give(self._as_guest(now))
        if given:
            self._close()
        elif given is None:
            self._due(min(self.deadline, now + self._shared.linger))
        else:
            self._shared.handing.wait(self)

    def _as_guest(self, now: float) -> Guest:
        patience = self._shared.settings.header_timeout if self.deadline == NEVER else max(0.0, self.deadline - now)
        return Guest(self.address, self._socket, self._parties, self._incoming, patience, self._hops)

    def _expired(self, now: float) -> None:
        if self._state == IDLE:
            # One last look: the request may have crossed our decision on the way.
            if not self._read(now) or self._state == IDLE:
                self._close()
        elif self._state in (HEAD, BODY):
            self._refuse(Refusal(408, "too slow"), now)
        elif self._state in (CALLING, FLUSHING) and self.out.unread() < self._unread:
            self._expect_progress(now)
        elif self._state in (CALLING, FLUSHING):
            self.out.abandon()
            self._lost()
        else:
            self._close()

    def _forget(self) -> None:
        self._shared.connections.discard(self)
        self._incoming.close()

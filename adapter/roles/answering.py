"""One request's way through the application and back, the same for a worker's thread and for inetd."""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from adapter.gateway.environ import Endpoint, environ
from adapter.gateway.wsgi import ClientGone, respond
from adapter.log import Log
from adapter.protocols.http1.sending import Reply, refusal
from adapter.roles.dates import Date
from adapter.roles.incoming import Whole

App = Callable[..., Any]


class Parties(NamedTuple):
    """The two ends of a connection."""

    server: Endpoint
    client: Endpoint


class Application:
    """The WSGI application and what is true of every call of it. `failed` counts those that raised."""

    def __init__(self, app: App, log: Log, *, multithread: bool, multiprocess: bool, run_once: bool = False) -> None:
        self._app = app
        self._log = log
        self._multithread = multithread
        self._multiprocess = multiprocess
        self._run_once = run_once
        self.date = Date()
        self.failed = 0

    def answer(self, request: Whole, parties: Parties, send: Callable[[bytes], None], *, keep_alive: bool) -> bool:
        """Call it, and send what it says. May the connection go on? Not if it must not, or if the response is incomplete."""
        reply = Reply(request.head, keep_alive=keep_alive)
        try:
            self._respond(request, parties, reply, send)
        except ClientGone:
            return False
        except BaseException:  # noqa: BLE001 -- also SystemExit: an application ends a request, not its neighbours'
            self._apologize(request, reply, send)
            return False
        finally:
            request.body.close()
        return reply.keep_alive

    def _respond(self, request: Whole, parties: Parties, reply: Reply, send: Callable[[bytes], None]) -> None:
        variables = environ(
            request.head,
            request.body.rewind(),
            server=parties.server,
            client=parties.client,
            errors=sys.stderr,
            multithread=self._multithread,
            multiprocess=self._multiprocess,
            run_once=self._run_once,
        )
        respond(self._app, variables, reply, send, self.date, lambda text: self._complain(request, text))

    def _apologize(self, request: Whole, reply: Reply, send: Callable[[bytes], None]) -> None:
        import traceback  # noqa: PLC0415 -- 5 ms, which inetd would pay per connection

        self._complain(request, traceback.format_exc())
        try:
            if not reply.started:
                send(refusal(500, date=self.date()))
        except ClientGone:
            pass

    def _complain(self, request: Whole, text: str) -> None:
        self.failed += 1
        self._log.error("the application failed", request=f"{request.head.method} {request.head.target}")
        self._log.block(text)

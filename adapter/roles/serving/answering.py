"""One request's way through the application and back, the same for a worker's thread and for inetd."""

from __future__ import annotations

import sys
from _thread import get_ident  # `threading` has the same, for half a millisecond per inetd connection
from io import BytesIO

from adapter.gateway.environ import Endpoint, Surroundings, common, environ
from adapter.gateway.wsgi import Response, respond
from adapter.log import Log
from adapter.roles.serving.dates import Date
from adapter.roles.serving.incoming import Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Final, TypeAlias

    from adapter.gateway.out import Out

App: TypeAlias = "Callable[..., Any]"

_empty: Final = BytesIO
"""Compiled, a name of our own is at hand; one of another module would be looked up each time."""


class Parties:
    """The two ends of a connection."""

    __slots__ = ("client", "scheme", "server")

    def __init__(self, server: Endpoint, client: Endpoint, scheme: str = "http") -> None:
        self.server = server
        self.client = client
        self.scheme = scheme

    def to_plain(self) -> tuple[tuple[str, str], tuple[str, str], str]:
        """Server, client and scheme, for JSON."""
        return (self.server.host, self.server.port), (self.client.host, self.client.port), self.scheme


class Application:
    """The WSGI application and what is true of every call of it. `believed`: whose X-Forwarded-For and -Proto are, as the option has it.
    `failed` counts the calls that raised; `said` is what calls that run had to say of their requests, by thread.
    """

    def __init__(
        self,
        app: App,
        log: Log,
        *,
        multithread: bool,
        multiprocess: bool,
        run_once: bool = False,
        believed: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._log = log
        self._common = common(multithread=multithread, multiprocess=multiprocess, run_once=run_once)
        self._corrected = _corrections(believed)
        self.date = Date()
        self.failed = 0
        self.said: dict[int, dict[str, str]] = {}

    def surround(self, more: Mapping[str, object]) -> None:
        """Have this in the environ of every request, too; before there is any."""
        self._common = {**more, **self._common}

    def around(self, parties: Parties) -> Surroundings:
        """What is so for every request between these two."""
        return Surroundings(self._common, parties.server, parties.client, parties.scheme)

    def answer(self, request: Whole, around: Surroundings, out: Out, *, keep_alive: bool) -> Response:
        """Call it, and send what it says. What became of that: may the connection go on? Not if the response is incomplete."""
        head, body = request.head, request.body
        response = Response(head, out, self.date, keep_alive=keep_alive)
        try:
            variables = environ(head, _empty() if body is None else body.rewind(), around, sys.stderr)
            if self._corrected is not None:
                self._corrected(variables)
                response.client = variables["REMOTE_ADDR"]
            respond(self._app, variables, response)
        except OSError as error:  # of the body's temporary file
            response.fail(error)
        finally:
            if body is not None:
                body.close()
            if self.said:
                response.said = self.said.pop(get_ident(), None)
        if response.failures:
            self._complain(request, response.failures)
        return response

    def _complain(self, request: Whole, failures: Iterable[str]) -> None:
        for text in failures:
            self.failed += 1
            self._log.error("the application failed", request=f"{request.head.method} {request.head.target}")
            self._log.block(text)


def _corrections(believed: Sequence[str]) -> Callable[[dict[str, Any]], None] | None:
    """What corrects an environ by the fields of proxies; None when no proxy is believed."""
    if not believed:
        return None
    from adapter.gateway.forwarded import Proxies, believe  # noqa: PLC0415 -- `ipaddress`, and only for those who believe somebody

    proxies = Proxies([word for words in believed for word in words.split(",")])
    return lambda variables: believe(variables, proxies=proxies)

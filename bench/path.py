"""What each stretch of a request's way costs, in one process, without a load generator:

    taskset -c 0 .venv/bin/python -m bench.path

Real sockets, the real loop, the application called inline; what the client does is not timed. Each figure is the least of many rounds, which
a busy machine disturbs least. Put the directory of a compiled build first (PYTHONPATH) to see that one; `--rounds N` for a steadier look.
"""

import contextlib
import select
import socket
import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from adapter.config.settings import Settings
from adapter.gateway.environ import Endpoint
from adapter.gateway.file_wrapper import Part
from adapter.log import Log
from adapter.protocols.http1.limits import Limits
from adapter.protocols.http1.receiving import Receiver
from adapter.protocols.spoken import HTTP
from adapter.roles.serving import answering
from adapter.roles.serving.accepting import Gate
from adapter.roles.serving.answering import Application, Parties
from adapter.roles.serving.connection import Connection
from adapter.roles.serving.handing import Guest
from adapter.roles.serving.incoming import Whole
from adapter.roles.serving.shared import Shared

REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n"
BROWSER = (
    b"GET /shelf/7?rows=20 HTTP/1.1\r\nHost: example.org\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101\r\n"
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.5\r\n"
    b"Accept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://example.org/\r\nCookie: session=0123456789abcdef\r\n"
    b"Connection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n"
)
LAST = REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
_CONNECTIONS = 16
_BODY = b"Hello, world\n"


def hello(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """As `apps/hello.py`."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [_BODY]


class Nowhere:
    """Takes a response and forgets it."""

    def send(self, data: bytes) -> None:
        """As `gateway.out.Out`."""

    def finish(self, data: bytes, closing: bool) -> None:  # noqa: FBT001 -- the same
        """The same."""

    def finish_file(self, head: bytes, part: Part) -> bool:  # noqa: ARG002 -- the same
        """Never."""
        return False


def least(rounds: int, each: Callable[[], float]) -> float:
    """Microseconds per request: `each` gives the seconds of one round."""
    return min(each() for _ in range(rounds)) / _CONNECTIONS * 1e6


def _repeated(what: Callable[[], object]) -> Callable[[], float]:
    def once() -> float:
        begun = perf_counter()
        for _ in range(_CONNECTIONS):
            what()
        return perf_counter() - begun

    return once


def _shared() -> Shared:
    return Shared(hello, Settings(), Log(2), multiprocess=False, queue=None, lead=lambda: 0, tick=lambda _now: None, access=None)


@contextlib.contextmanager
def _pairs() -> Iterator[tuple[list[socket.socket], list[socket.socket]]]:
    with contextlib.ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(_CONNECTIONS)]
        for pair in pairs:
            for each in pair:
                stack.enter_context(each)
        for served, _ in pairs:
            served.setblocking(False)
        yield [served for served, _ in pairs], [client for _, client in pairs]


def _asked(clients: list[socket.socket], request: bytes, turn: Callable[[], object]) -> Callable[[], float]:
    def once() -> float:
        for client in clients:
            client.send(request)
        begun = perf_counter()
        turn()
        took = perf_counter() - begun
        for client in clients:
            assert client.recv(4096).endswith(_BODY)
        return took

    return once


def kernel(rounds: int) -> float:
    """Only the system calls: what a request costs at least."""
    answer = b"x" * 120 + _BODY
    with _pairs() as (served, clients), select.epoll() as epoll:
        by_fd = {each.fileno(): each for each in served}
        for fd in by_fd:
            epoll.register(fd, select.EPOLLIN)

        def turn() -> None:
            for fd, _ in epoll.poll():
                sock = by_fd[fd]
                sock.recv(65536)
                sock.send(answer)

        return least(rounds, _asked(clients, REQUEST, turn))


def parsing(rounds: int, *, new: bool, request: bytes) -> float:
    """Bytes to a head; `new`: of a connection that has said nothing yet."""
    limits = Limits()
    receiver = Receiver(limits)
    if new:
        return least(rounds, _repeated(lambda: Receiver(limits).whole(request)))
    return least(rounds, _repeated(lambda: receiver.whole(request)))


def gateway(rounds: int) -> float:
    """A head to the response's bytes, with the application's call in it."""
    application = Application(hello, Log(2), multithread=True, multiprocess=True)
    head = Receiver(Limits()).whole(BROWSER)
    assert head is not None
    request = Whole(head, None, False)
    around = application.around(Parties(Endpoint("127.0.0.1", "80"), Endpoint("127.0.0.1", "50000")))
    out = Nowhere()
    return least(rounds, _repeated(lambda: application.answer(request, around, out, keep_alive=True)))


def kept(rounds: int, request: bytes) -> float:
    """All of it, on connections that stay."""
    shared = _shared()
    with _pairs() as (served, clients):
        parties = Parties(Endpoint("127.0.0.1", "80"), Endpoint("127.0.0.1", "50000"))
        for each in served:
            Connection(shared, Guest("", each, parties, shared.incoming(HTTP), 60.0, 0), 0.0)
        return least(rounds, _asked(clients, request, lambda: shared.loop.turn(shared.threads)))


def fresh(rounds: int) -> float:
    """All of it, with a new connection for each request: from its acceptance to its end."""
    shared = _shared()
    with socket.create_server(("127.0.0.1", 0), backlog=_CONNECTIONS * 2) as listener:
        gate = Gate(shared, {"here": listener}, {}, None)

        def once() -> float:
            clients = [socket.create_connection(listener.getsockname()) for _ in range(_CONNECTIONS)]
            for client in clients:
                client.send(LAST)
            gate.adjust()
            begun = perf_counter()
            while shared.closed % _CONNECTIONS or shared.accepted != shared.closed or not shared.accepted:
                shared.loop.turn(shared.threads)
            shared.closed = shared.accepted = 0
            took = perf_counter() - begun
            for client in clients:
                assert client.recv(4096).endswith(_BODY)
                client.close()
            return took

        return least(rounds, once)


def main(rounds: int = 2000) -> None:
    """Print the table."""
    print("compiled" if answering.__file__.endswith(".so") else "pure Python", sys.version.split()[0])
    for title, figure in (
        ("the system calls alone", kernel(rounds)),
        ("a head, the first of its connection", parsing(rounds, new=True, request=REQUEST)),
        ("a head like the one before", parsing(rounds, new=False, request=REQUEST)),
        ("a browser's, the first", parsing(rounds, new=True, request=BROWSER)),
        ("a browser's, like the one before", parsing(rounds, new=False, request=BROWSER)),
        ("from head to response, the application's call included", gateway(rounds)),
        ("all of it, the connection is kept", kept(rounds, REQUEST)),
        ("the same, a browser's", kept(rounds, BROWSER)),
        ("all of it, a new connection each (TCP)", fresh(rounds // 4)),
    ):
        print(f"{figure:8.2f} µs  {title}")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:] if each.isdigit()))

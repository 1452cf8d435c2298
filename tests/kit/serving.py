"""A `Server` in a thread of the test, its log, and clients that speak bytes.

    with Serving(gated, threads=2) as serving, serving.client() as client:
        client.send(GET)
        gated.wait_begun()
        serving.drain(5)
        gated.open()
        assert client.response().status == 200
        assert serving.result() is True

Leaving the block ends the server, and fails if a descriptor was leaked (of several servers, the last block that is left looks).
Sockets have timeouts, so that a hang is a failure.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.serving.server import Server
from adapter.unix.handover import Ends
from kit.lines import Lines

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
PATIENCE = 60.0
_THREAD = "a server of the test"


def get(path: str = "/", *fields: str) -> bytes:
    """A whole request."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: test", *fields, "", ""]).encode()


def post(path: str, body: bytes, *fields: str) -> bytes:
    """A whole request with a body."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: test", f"Content-Length: {len(body)}", *fields, "", ""]).encode() + body


def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Says its path and the request's body."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode("latin-1"), b" ", environ["wsgi.input"].read()]


class Gated:
    """An application that says when a call has begun, and answers once it is let. Paths other than /gated pass."""

    def __init__(self) -> None:
        self._begun = threading.Semaphore(0)
        self._gate = threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """PEP 3333."""
        if environ["PATH_INFO"] == "/gated":
            self._begun.release()
            assert self._gate.acquire(timeout=PATIENCE)
        return hello(environ, start_response)

    def wait_begun(self, calls: int = 1) -> None:
        """Until so many more calls have begun."""
        for _ in range(calls):
            assert self._begun.acquire(timeout=PATIENCE), "the call did not begin"

    def begun(self, within: float) -> bool:
        """Whether one more call begins within so many seconds."""
        return self._begun.acquire(timeout=within)

    def open(self, calls: int = 1) -> None:
        """Let so many calls go on."""
        self._gate.release(calls)


class Response(NamedTuple):
    """What came back; names of fields in lower case."""

    status: int
    fields: dict[str, str]
    body: bytes

    @property
    def close(self) -> bool:
        """Whether it says that the connection ends."""
        return self.fields.get("connection") == "close"


class Client:
    """One connection that sends what it is told and reads responses one by one."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        sock.settimeout(PATIENCE)
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """All of it."""
        self.socket.sendall(data)

    def response(self) -> Response:
        """The next one, whole. EOFError when the connection ends within, or before it."""
        head = self._until(b"\r\n\r\n").decode("latin-1")
        line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        status = int(line.split()[1])
        if status == 100:
            return Response(status, fields, b"")
        if fields.get("transfer-encoding") == "chunked":
            return Response(status, fields, self._chunks())
        return Response(status, fields, self._exactly(int(fields["content-length"])))

    def at_end(self) -> bool:
        """Whether nothing but EOF comes."""
        return not self._buffer and self.socket.recv(1) == b""

    def reset(self) -> None:
        """Go away with a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the connection ended after {self._buffer[:200]!r}")
        self._buffer += data

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._more()
        at = self._buffer.index(mark) + len(mark)
        found = bytes(self._buffer[:at])
        del self._buffer[:at]
        return found

    def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._more()
        found = bytes(self._buffer[:count])
        del self._buffer[:count]
        return found

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._until(b"\r\n"), 16):
            body += self._exactly(size + 2)[:-2]
        self._until(b"\r\n")
        return body


class Serving:
    """`options` are fields of `Settings`.

    `unix`: listen on a UNIX socket in this directory instead of 127.0.0.1. `beside`: on that one's listener, as a sibling does.
    `queue`: by which connections are handed over to a sibling.
    """

    def __init__(
        self,
        app: Callable[..., Any],
        *,
        unix: Path | None = None,
        beside: "Serving | None" = None,
        sndbuf: int = 0,
        queue: Ends | None = None,
        **options: Any,
    ) -> None:
        self._before = descriptors()
        self._unix = unix is not None
        listener = self._listener = beside._listener.dup() if beside else _listen(unix, sndbuf)
        self.address = listener.getsockname()
        outlet, self._inlet = os.pipe()
        self.log = Lines(os.fdopen(outlet))
        ends = Ends(queue.give.dup(), queue.take.dup()) if queue else None
        log = Log(self._inlet, stamp=False)
        self.server = Server(app, Settings(**options), {"here": listener}, log, multiprocess=queue is not None, queue=ends)
        self._ours, theirs = socket.socketpair()
        self._theirs = theirs
        self.server.watch(theirs.fileno(), self._obey)
        self._orders: list[Callable[[], Any]] = []
        self._results: list[Any] = []
        self._obeyed = threading.Semaphore(0)
        self._returned: bool | BaseException | None = None
        self.server.give_up = lambda: self._end(False)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=_THREAD, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._returned is None:  # a call whose client has its answer may have yet to end
            self._ask(lambda: self.server.drain(0.5, linger=0, leaving=[], final=True))
        over = self._over.wait(PATIENCE)
        for connection in list(self.server._shared.connections):  # what only the end of the process would close
            connection._socket.close()
        self._ours.close()
        self._theirs.close()
        os.close(self._inlet)
        self.log.close()
        if kind is not None:
            print("the server's log:", *self.log.all(), sep="\n")
            return
        assert over, "the server does not end"
        if self._returned is not True:
            return
        self._thread.join(PATIENCE)
        if not _others_run():  # another has descriptors that come and go: it looks when it ends
            left = descriptors() - self._before
            assert not left, f"descriptors leaked: {left}"

    def client(self, *, rcvbuf: int = 0) -> Client:
        """A new connection."""
        client = self.unconnected(rcvbuf=rcvbuf)
        try:
            client.socket.connect(self.address)
        except OSError:
            client.socket.close()
            raise
        return client

    def unconnected(self, *, rcvbuf: int = 0) -> Client:
        """A client whose socket you connect."""
        sock = socket.socket(socket.AF_UNIX if self._unix else socket.AF_INET, socket.SOCK_STREAM)
        if rcvbuf:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        return Client(sock)

    def do(self, order: Callable[[], Any]) -> Any:
        """Run it in the loop's thread, and return what it returns."""
        self._ask(order)
        assert self._obeyed.acquire(timeout=PATIENCE), "the loop does not answer"
        return self._results.pop()

    def drain(self, seconds: float, *, linger: float = 0.0, leaving: Collection[str] = (), final: bool = True) -> None:
        """As `Server.drain`."""
        self.do(lambda: self.server.drain(seconds, linger=linger, leaving=leaving, final=final))

    def result(self) -> bool:
        """What `run` returns, when it does; False, too, when it cannot, as a call that was cut still runs."""
        self._over.wait(PATIENCE)
        if isinstance(self._returned, BaseException):
            raise self._returned
        assert self._returned is not None, "run has not returned"
        return self._returned

    @property
    def running(self) -> bool:
        """Whether `run` has not returned."""
        return not self._over.is_set()

    def wait_until(self, what: Callable[[], bool]) -> None:
        """Until it is true, asked in the loop's thread (which every question wakes, so nothing here sleeps)."""
        # Never so many questions: a compiled loop answers 100,000 of them before a timer of a second and a half is over.
        deadline = time.monotonic() + PATIENCE
        while not self.do(what):
            assert time.monotonic() < deadline, "it did not come true"

    def _run(self) -> None:
        try:
            self._end(self.server.run())
        except BaseException as error:  # noqa: BLE001 -- `result` raises it
            self._end(error)

    def _end(self, returned: Any) -> None:
        if self._returned is None:
            self._returned = returned
        self._over.set()

    def _ask(self, order: Callable[[], Any]) -> None:
        self._orders.append(order)
        self._ours.send(b"!")

    def _obey(self) -> None:
        for _ in self._theirs.recv(100):
            self._results.append(self._orders.pop(0)())
            self._obeyed.release()


def _listen(unix: Path | None, sndbuf: int) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET, socket.SOCK_STREAM)
    if sndbuf:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, sndbuf)
    listener.bind(str(unix / "socket") if unix else ("127.0.0.1", 0))
    listener.listen(128)
    return listener


def _others_run() -> bool:
    return any(each.name == _THREAD for each in threading.enumerate())


def descriptors() -> set[str]:
    """What this process has open: number and what it is."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.add(f"{name} {os.readlink(f'/proc/self/fd/{name}')}")
    return {each for each in found if "/proc/" not in each}

"""One call of a WSGI application: PEP 3333, the server's side, whole.

The caller gives bytes away through `send` and learns from `reply` whether the connection may go on. Whatever the application does,
the client gets a complete response or a closed connection, and `failed` gets told; nothing is raised to the caller.
"""

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

from adapter.protocols.http1.sending import Reply

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
WSGIApp = Callable[[Environ, Callable[..., Callable[[bytes], None]]], Iterable[bytes]]

_ERROR_BODY = b"500 Internal Server Error\n"
_ERROR_HEADERS = [("Content-Type", "text/plain; charset=utf-8")]


class ClientGone(ConnectionError):
    """`send` raises it when nobody reads any more: the application is not asked for more, but still closed."""


def respond(  # noqa: PLR0917 -- the whole of what a call depends on
    app: WSGIApp,
    environ: Environ,
    reply: Reply,
    send: Callable[[bytes], None],
    date: Callable[[], str],
    failed: Callable[[str], None],
) -> None:
    """Call the application and send its response. `failed` gets a text for the log, with a traceback when there is one.

    After it returns: `reply.keep_alive` False means close. Raises nothing of the application's, SystemExit included:
    it is a request that failed, not the server.
    """
    _Call(reply, send, date, failed).run(app, environ)


class _Call:
    """The state of one call: what was proposed, what has gone out."""

    __slots__ = ("_date", "_failed", "_proposed", "_reply", "_send", "_sent")

    def __init__(
        self, reply: Reply, send: Callable[[bytes], None], date: Callable[[], str], failed: Callable[[str], None]
    ) -> None:
        self._reply = reply
        self._send = send
        self._date = date
        self._failed = failed
        self._proposed = False
        self._sent = False

    def run(self, app: WSGIApp, environ: Environ) -> None:
        """Call, send, close; turn every failure into a 500 or, when too late for that, into a closed connection."""
        try:
            result = app(environ, self._start_response)
            try:
                self._send_result(result)
                self._finish()
            finally:
                close = getattr(result, "close", None)
                if close is not None:
                    close()
        except ClientGone:
            self._reply.keep_alive = False
        except BaseException as error:  # noqa: BLE001 -- the boundary: SystemExit of an application ends its request only
            self._fail(error)

    def _start_response(self, status: str, headers: Headers, exc_info: ExcInfo | None = None) -> Callable[[bytes], None]:
        """`start_response` (PEP 3333): judged at once, so that the traceback points at the caller; sent with the first content."""
        if exc_info:
            try:
                if self._sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # or the frame would keep itself alive
        elif self._proposed:
            raise RuntimeError("start_response was called again, without exc_info")
        self._reply.propose(status, headers)
        self._proposed = True
        return self._write

    def _write(self, chunk: bytes) -> None:
        """`write` (PEP 3333): raises ValueError past the Content-Length, ClientGone when nobody reads."""
        _judge_chunk(chunk)
        if chunk:
            self._out(self._head(None) + self._reply.data(chunk))

    def _send_result(self, result: Iterable[bytes]) -> None:
        """Send each block when it comes; a list or tuple is all there, so it goes at once, with its length."""
        if type(result) in (list, tuple):
            for chunk in result:
                _judge_chunk(chunk)
            body = b"".join(result)
            if body:
                self._take(body, len(body))
            return
        for chunk in _iterate(result):
            _judge_chunk(chunk)
            if chunk and not self._take(chunk, None):
                return

    def _take(self, chunk: bytes, length: int | None) -> bool:
        """Send a block of the result, as far as the Content-Length goes (PEP 3333). Is more wanted?

        A response without content wants no second block: to HEAD an endless stream would otherwise never end.
        """
        reply = self._reply
        head = self._head(length)
        excess = 0 if reply.remaining is None else len(chunk) - reply.remaining
        self._out(head + reply.data(chunk if excess <= 0 else chunk[:-excess]))
        if excess > 0:
            self._failed("the application gave more bytes than its Content-Length says")
        return excess <= 0 and not reply.bodiless

    def _finish(self) -> None:
        """The result is exhausted: send the head if there was no content, and the end."""
        head = self._head(0)
        self._out(head + self._reply.finish())
        if self._reply.remaining:
            self._failed(f"the application gave {self._reply.remaining} bytes less than its Content-Length says")

    def _head(self, length: int | None) -> bytes:
        """The head of the response, the first time."""
        if not self._proposed:
            raise RuntimeError("the application gave content, or ended, before it called start_response")
        return b"" if self._reply.started else self._reply.begin(date=self._date(), length=length)

    def _out(self, data: bytes) -> None:
        if not data:
            return
        self._sent = True
        try:
            self._send(data)
        except ClientGone:
            self._reply.keep_alive = False  # also when the application catches this
            raise

    def _fail(self, error: BaseException) -> None:
        """Tell the log; and the client, when nothing has been sent yet."""
        self._failed(_traceback(error))
        reply = self._reply
        if self._sent:
            reply.keep_alive = False
            return
        head = reply.start("500 Internal Server Error", _ERROR_HEADERS, date=self._date(), length=len(_ERROR_BODY))
        try:
            self._out(head + reply.data(_ERROR_BODY) + reply.finish())
        except ClientGone:
            return


def _judge_chunk(chunk: bytes) -> None:
    if not isinstance(chunk, bytes):
        raise TypeError(f"the application gave {type(chunk).__name__} as content, not bytes")


def _iterate(result: Iterable[bytes]) -> Iterator[bytes]:
    try:
        return iter(result)
    except TypeError:
        raise TypeError(f"the application returned {type(result).__name__}, not an iterable of bytes") from None


def _traceback(error: BaseException) -> str:
    """The traceback without the frames of this file above the application's."""
    import traceback  # noqa: PLC0415 -- only a failure pays for it

    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))

"""One call of a WSGI application: PEP 3333, the server's side, whole.

The caller takes bytes through `Out` and learns from the response whether the connection may go on. Whatever the application does,
the client gets a complete response or a closed connection; nothing is raised to the caller.
"""

from __future__ import annotations

from adapter.protocols.http1.events import Head
from adapter.protocols.http1.fields import field_lines
from adapter.protocols.http1.sending import Reply

from .file_wrapper import FileWrapper, Part
from .out import ClientGone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, TypeAlias

    from .out import Out

Environ: TypeAlias = "dict[str, Any]"
WSGIApp: TypeAlias = "Callable[[Environ, Callable[..., Callable[[bytes], None]]], Iterable[bytes]]"

_ERROR_BODY = b"500 Internal Server Error\n"
_ERROR_HEADERS = [("Content-Type", "text/plain; charset=utf-8")]


def respond(app: WSGIApp, environ: Environ, reply: Response) -> None:
    """Call the application and send its response. After it returns: `reply.keep_alive` False means close, and `reply.failures` has a
    text for the log for each thing that went wrong. Raises nothing of the application's, SystemExit included: it is a request that
    failed, not the server.
    """
    try:
        result = app(environ, reply.start_response)
        if type(result) is list or type(result) is tuple:
            reply.send_whole(result)
        else:
            try:
                reply.send_each(result)
            finally:
                close = getattr(result, "close", None)
                if close is not None:
                    close()
    except ClientGone:
        reply.keep_alive = False
    except BaseException as error:  # noqa: BLE001 -- the boundary: SystemExit of an application ends its request only
        reply.fail(error)
    finally:
        reply.over = True


class Response(Reply):
    """The response of an application to `head`, on its way to `out`. `date`: gives the Date line."""

    failures: tuple[str, ...] = ()
    over = False
    """Nothing may be sent any more: a thread that the application left behind may still try, when the connection is another
    request's by now.
    """
    client = ""
    """Who asked, as a proxy that is believed says."""
    said: Mapping[str, str] | None = None
    """What the application said of the request, for the access log."""
    _proposed = False
    _sent = False

    def __init__(self, head: Head, out: Out, date: Callable[[], bytes], *, keep_alive: bool) -> None:
        self._head = head
        self._wanted = self.keep_alive = keep_alive and head.keep_alive
        self._out = out
        self._date = date

    def start_response(self, status: Any, headers: Any, exc_info: Any = None) -> Callable[[bytes], None]:
        """`start_response` (PEP 3333): judged at once, so that the traceback points at the caller; sent with the first content."""
        if exc_info:
            try:
                if self._sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None  # or the frame would keep itself alive
        elif self._proposed:
            raise RuntimeError("start_response was called again, without exc_info")
        self._lines, self._told, self._dated = field_lines(status, headers)
        judged: str = status
        self.status = judged[:3]
        self._proposed = True
        return self._write  # no `__call__` of ours, though cheaper: mypyc lays out a class with one otherwise than its base

    def send_whole(self, result: list[Any] | tuple[Any, ...]) -> None:
        """All of the content is there: it goes at once, with its length."""
        body: Any = result[0] if len(result) == 1 else b"".join(map(_judged, result))
        if type(body) is not bytes:
            _judge_chunk(body)
        data = self.whole(body, self._date()) if self._proposed and not self.over else None
        excess = 0
        if data is None:
            head = self._begun(len(body))
            excess = 0 if self.remaining is None else len(body) - self.remaining
            data = head + self.data(body if excess <= 0 else body[:-excess]) + self.finish()
        if data:
            self._sent = True
            self._out.finish(data, not self.keep_alive)
        if excess > 0 or self.remaining:
            self._complain_of(excess)

    def send_each(self, result: Iterable[Any]) -> None:
        """Send each block when it comes, as far as the Content-Length goes (PEP 3333).

        A response without content wants no second block: to HEAD an endless stream would otherwise never end.
        """
        if type(result) is FileWrapper and self._send_file(result):
            return
        for chunk in _iterate(result):
            _judge_chunk(chunk)
            if not chunk:
                continue
            head = self._begun(None)
            excess = 0 if self.remaining is None else len(chunk) - self.remaining
            self._send(head + self.data(chunk if excess <= 0 else chunk[:-excess]))
            if excess > 0:
                self._complain_of(excess)
                return
            if self.bodiless:
                return
        self._end()

    def fail(self, error: BaseException) -> None:
        """Tell the log; and the client, when nothing has been sent yet."""
        self._tell(_traceback(error))
        if self._sent:
            self.keep_alive = False
            return
        head = self.start("500 Internal Server Error", _ERROR_HEADERS, date=self._date(), length=len(_ERROR_BODY))
        try:
            self._send(head + self.data(_ERROR_BODY) + self.finish())
        except ClientGone:
            return

    def _write(self, chunk: Any) -> None:
        """`write` (PEP 3333): raises ValueError past the Content-Length, ClientGone when nobody reads."""
        _judge_chunk(chunk)
        if chunk:
            self._send(self._begun(None) + self.data(chunk))

    def _send_file(self, file: FileWrapper) -> bool:
        """Have the kernel send what is left of the file. False: it must be read."""
        part = None if self.started else file.rest()
        if part is None or not self._proposed:
            return False
        head = self._begun(part.size)
        if self.bodiless:
            self._send(head)
            return True
        size = min(part.size, self.remaining or 0)
        if not size or not self._out.finish_file(head, Part(part.fd, part.offset, size)):
            self.started = False  # nothing has gone out: it may be begun anew
            return False
        self._sent = True
        self.aside(size)
        self.finish()
        self._complain_of(part.size - size)
        return True

    def _end(self) -> None:
        """The result is exhausted: send the head if there was no content, and the end."""
        head = self._begun(0)
        self._send(head + self.finish())
        self._complain_of(0)

    def _begun(self, length: int | None) -> bytes:
        """The head of the response, the first time."""
        if not self._proposed:
            raise RuntimeError("the application gave content, or ended, before it called start_response")
        return b"" if self.started else self.begin(date=self._date(), length=length)

    def _send(self, data: bytes) -> None:
        if self.over:
            raise ClientGone
        if not data:
            return
        self._sent = True
        try:
            self._out.send(data)
        except ClientGone:
            self.keep_alive = False  # also when the application catches this
            raise

    def _tell(self, text: str) -> None:
        self.failures += (text,)

    def _complain_of(self, excess: int) -> None:
        """Content and Content-Length differ."""
        if excess > 0:
            self._tell("the application gave more bytes than its Content-Length says")
        elif self.remaining:
            self._tell(f"the application gave {self.remaining} bytes less than its Content-Length says")


def _judged(chunk: Any) -> Any:
    _judge_chunk(chunk)
    return chunk


def _judge_chunk(chunk: Any) -> None:
    if not isinstance(chunk, bytes):
        raise TypeError(f"the application gave {type(chunk).__name__} as content, not bytes")


def _iterate(result: Iterable[Any]) -> Iterator[Any]:
    try:
        return iter(result)
    except TypeError:
        raise TypeError(f"the application returned {type(result).__name__}, not an iterable of bytes") from None


def _traceback(error: BaseException) -> str:
    """The traceback without the frames of this module above the application's."""
    import traceback  # noqa: PLC0415 -- only a failure pays for it

    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_globals.get("__name__") == __name__:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames or error.__traceback__))

"""What other parsers read from the same bytes: llhttp (by httptools) and h11, in the words of `kit.http1`.

Only what they say is theirs; what a field or a target becomes is worked out here once more, by the standard library,
so that our own way of doing it has a second opinion too.
"""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

import h11
import httptools

from kit.http1 import Asked, Reading

Fields = list[tuple[bytes, bytes]]


class Opinion(NamedTuple):
    """What one of them makes of some bytes: requests, all of them whole; then perhaps an error, in its own words."""

    requests: tuple[Asked, ...]
    error: str | None
    stopped: bool = False
    """It reads no further: the connection closes or becomes another protocol's."""


def llhttp(raw: bytes) -> Opinion:
    """llhttp's. It is given one connection; it stops where it believes in an upgrade or an end."""
    gathered = _Gathered()
    parser = gathered.parser = httptools.HttpRequestParser(gathered)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        return Opinion(tuple(gathered.whole), None, stopped=True)
    except httptools.HttpParserError as error:
        return Opinion(tuple(gathered.whole), str(error) or type(error).__name__)
    return Opinion(tuple(gathered.whole), None)


class _Gathered:
    """What llhttp calls back."""

    parser: httptools.HttpRequestParser

    def __init__(self) -> None:
        self.whole: list[Asked] = []

    def on_message_begin(self) -> None:
        self.url, self.body = b"", b""
        self.fields: Fields = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.trailers:
            self.fields.append((name, value))

    trailers = False

    def on_headers_complete(self) -> None:
        self.trailers = True
        self.keep_alive = self.parser.should_keep_alive()

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.trailers = False
        version = "HTTP/" + self.parser.get_http_version()
        method = self.parser.get_method()
        self.whole.append(asked_of(method, self.url, version, self.fields, self.body, keep_alive=self.keep_alive))


def h_eleven(raw: bytes) -> Opinion:
    """h11's. Each request is answered at once; it stops where the connection would not go on."""
    server = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    whole: list[Asked] = []
    head: h11.Request | None = None
    body = b""
    server.receive_data(raw)
    try:
        while True:
            event = server.next_event()
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                assert head is not None
                server.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))  # a 200 would open a tunnel
                server.send(h11.EndOfMessage())
                goes_on = server.our_state is h11.DONE
                version = "HTTP/" + head.http_version.decode()
                whole.append(asked_of(head.method, head.target, version, list(head.headers), body, keep_alive=goes_on))
                if not goes_on:
                    return Opinion(tuple(whole), None, stopped=True)
                server.start_next_cycle()
            else:
                return Opinion(tuple(whole), None, stopped=event is h11.PAUSED)
    except h11.RemoteProtocolError as error:
        return Opinion(tuple(whole), str(error))


OTHERS: dict[str, Callable[[bytes], Opinion]] = {"llhttp": llhttp, "h11": h_eleven}


def disagreement(ours: Reading, theirs: Opinion) -> str | None:
    """How they read what we take; None when they read the same. What only we refuse is no disagreement.

    We may close where they would go on: nothing that follows is read then.
    """
    for place, (mine, other) in enumerate(zip(ours.requests, theirs.requests, strict=False)):
        if mine.keep_alive and not other.keep_alive:
            return "ends the connection"
        last = theirs.stopped and place + 1 == len(theirs.requests)
        mine_said = mine._replace(keep_alive=True, expect=False, body=b"" if last and not other.body else mine.body)
        if mine_said != other._replace(keep_alive=True):
            return f"reads {other}"
        if not mine.keep_alive:
            return None
    if theirs.stopped:
        return None
    if len(theirs.requests) > len(ours.requests):
        return None if ours.refusal else f"reads another: {theirs.requests[len(ours.requests)]}"
    if len(theirs.requests) < len(ours.requests):
        return f"refuses: {theirs.error}" if theirs.error else "waits for more"
    return None


def takes(theirs: Opinion, ours: Reading) -> bool:
    """They take, or wait for more of, what we refuse."""
    return ours.refusal is not None and theirs.error is None and not theirs.stopped


def asked_of(method: bytes, url: bytes, version: str, fields: Fields, body: bytes, *, keep_alive: bool) -> Asked:
    """A request of theirs, in our words. Whether it expects is not asked: neither says it as we do."""
    target, host = url.decode("latin-1"), None
    if target[:1] != "/" and "://" in target.partition("?")[0]:
        target, host = _taken_apart(target, options=method == b"OPTIONS")
    path, _, query = target.partition("?")
    variables = {
        "REQUEST_METHOD": method.decode("latin-1"),
        "SCRIPT_NAME": "",
        "PATH_INFO": "" if path == "*" else unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": target,
        "RAW_URI": target,
        "SERVER_PROTOCOL": version,
    } | _said(fields)
    if host is not None:
        variables["HTTP_HOST"] = host
    return Asked(method.decode("latin-1"), target, version, variables, body, keep_alive, expect=False)


def _taken_apart(uri: str, *, options: bool) -> tuple[str, str | None]:
    """An absolute-form as target and host; as it stands when it is no URI."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return uri, None
    if options and not parts.path and "?" not in uri:
        return "*", parts.netloc
    return (parts.path or "/") + ("?" + parts.query if "?" in uri else ""), parts.netloc


def _said(fields: Fields) -> dict[str, str]:
    """The variables of these fields."""
    lines: dict[str, list[str]] = {}
    for raw_name, raw_value in fields:
        name = raw_name.decode("latin-1").lower()
        if "_" not in name and name not in {"proxy", "transfer-encoding"}:
            lines.setdefault(name, []).append(raw_value.decode("latin-1").strip(" \t"))
    said = {}
    for name, values in lines.items():
        own = name in {"content-type", "content-length"}
        variable = ("" if own else "HTTP_") + name.upper().replace("-", "_")
        said[variable] = values[-1] if own else ("; " if name == "cookie" else ",").join(values)
    return said

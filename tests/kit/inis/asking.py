"""One request of the corpus of INI files, over HTTP or the uwsgi protocol, TCP or UNIX; and what the application told."""

import http.client
import io
import json
import socket
from typing import Any, NamedTuple

from kit.inis.corpus import Ask
from kit.packets import packet

PATIENCE = 60.0


class Told(NamedTuple):
    """An answer; names of fields in lower case."""

    status: int
    """0: the connection was closed without an answer."""
    fields: dict[str, str]
    body: bytes

    @property
    def facts(self) -> dict[str, Any]:
        """What the application told (sites/telling.py); nothing when it was not asked."""
        return dict(json.loads(self.body)) if self.body.startswith(b'{"environ": ') else {}


def ask(asked: Ask) -> Told:
    """Send it, and read the whole answer. The kernel's queue holds it until somebody serves."""
    protocol, _, address = asked.at.partition(":")
    with _connected(address) as wire:
        wire.sendall(_uwsgi(asked, address) if protocol == "uwsgi" else _http(asked, address))
        return _answer(wire, asked.method)


def _connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    if "/" not in address:
        return socket.create_connection((host, int(port)), timeout=PATIENCE)
    wire = socket.socket(socket.AF_UNIX)
    wire.settimeout(PATIENCE)
    wire.connect(address)
    return wire


def _http(asked: Ask, address: str) -> bytes:
    fields = {"Host": "site.example", "Connection": "close", **asked.fields}
    if asked.body:
        fields["Content-Length"] = str(len(asked.body))
    lines = [f"{asked.method} {asked.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", asked.body]
    return "\r\n".join(lines).encode("latin-1")


def _uwsgi(asked: Ask, address: str) -> bytes:
    """As nginx sends it, with its uwsgi_params."""
    path, _, query = asked.path.partition("?")
    sent = {
        "QUERY_STRING": query,
        "REQUEST_METHOD": asked.method,
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": str(len(asked.body)) if asked.body else "",
        "REQUEST_URI": asked.path,
        "PATH_INFO": path.replace("%20", " "),
        "DOCUMENT_ROOT": "/usr/share/nginx/html",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REQUEST_SCHEME": "http",
        "REMOTE_ADDR": "192.0.2.7",
        "REMOTE_PORT": "4711",
        "SERVER_PORT": "80",
        "SERVER_NAME": "site.example",
        "HTTP_HOST": "site.example",
        **asked.variables,
        **{"HTTP_" + name.upper().replace("-", "_"): value for name, value in asked.fields.items()},
    }
    pairs = tuple((name.encode(), value.encode("latin-1")) for name, value in sent.items())
    return packet(pairs, asked.body.encode("latin-1"))


class _Read:
    """A socket's file for http.client."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._data)


def _answer(wire: socket.socket, method: str) -> Told:
    parts = []
    while part := wire.recv(65536):
        parts.append(part)
    if not parts:
        return Told(0, {}, b"")
    read: Any = _Read(b"".join(parts))
    response = http.client.HTTPResponse(read, method=method)
    response.begin()
    fields = {name.lower(): value for name, value in response.getheaders()}
    return Told(response.status, fields, response.read())

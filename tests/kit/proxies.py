"""Real proxies in front of adapter, run with the very files in examples/, in a directory of their own, as one process each.

    with Adapter("behind.py", "--uwsgi=unix:{directory}/uwsgi.sock", bind=()) as server:
        with nginx("uwsgi.conf", server.directory) as front:
            assert front.get("/environ").status == 200

What a file must say otherwise here (port, paths) is replaced, word by word, each of which must be there.
"""

import http.client
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from kit.asked import free_port
from kit.lines import shown
from kit.server import Caged

ROOT = Path(__file__).parents[2]
NGINX = ROOT / ".build/nginx"
HAPROXY = ROOT / ".build/haproxy/usr/sbin/haproxy"
PATIENCE = 60.0
_BESIDE = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr info;
load_module {modules}/ngx_stream_module.so;
events {{ }}
"""
_AROUND = """\
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    uwsgi_temp_path {directory}/uwsgi;
    fastcgi_temp_path {directory}/fastcgi;
    scgi_temp_path {directory}/scgi;
    {text}
}}
"""


class Response(NamedTuple):
    """What came back; several fields of one name are joined."""

    status: int
    fields: dict[str, str]
    body: bytes


class Front:
    """A proxy that listens on `address` once it has said `ready`; or that finds a listener as its fd 0."""

    def __init__(
        self, argv: list[str], directory: Path, address: str, ready: str = "", listener: socket.socket | None = None
    ) -> None:
        self.directory = directory
        self.address = address
        self._argv = argv
        self._ready = ready
        self._listener = listener
        self.process: Caged

    def __enter__(self) -> Self:
        if self._listener is None:
            self.process = Caged(self._argv, self.directory, {})
        else:
            self.process = Caged(self._argv, self.directory, {}, stdin=self._listener.fileno())
            self._listener.close()
        if self._ready:
            self.process.log.wait_for(self._ready)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        ended = not self.process.running
        self.process.end()
        if kind is not None or ended:
            print(f"--- {' '.join(self._argv)}", shown(self.process.log.all()), sep="\n", file=sys.stderr)
        else:
            shutil.rmtree(self.directory)
        assert kind is not None or not ended, "the proxy has ended by itself"

    def connection(self, *, source: str = "") -> http.client.HTTPConnection:
        """A new one, from this address."""
        host, _, port = self.address.rpartition(":")
        return http.client.HTTPConnection(host, int(port), timeout=PATIENCE, source_address=(source, 0) if source else None)

    def ask(self, method: str, path: str, body: Any = None, *, source: str = "", **fields: str) -> Response:
        """One request on a connection of its own; `fields` with _ for -."""
        connection = self.connection(source=source)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in fields.items()})
            return response(connection)
        finally:
            connection.close()

    def get(self, path: str, *, source: str = "", **fields: str) -> Response:
        """As `ask`."""
        return self.ask("GET", path, source=source, **fields)


def response(connection: http.client.HTTPConnection) -> Response:
    """The next one, whole."""
    with connection.getresponse() as got:
        return Response(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())


def nginx(sample: str, server: Path, changed: Mapping[str, str] | None = None) -> Front:
    """nginx with examples/nginx/SAMPLE in front of the sockets in the directory `server`."""
    directory, port = Path(tempfile.mkdtemp(prefix="adapter-nginx-")), free_port()
    words = {**(changed or {}), "listen 80": f"listen 127.0.0.1:{port}", "/run/shop": str(server)}
    text = replaced((ROOT / "examples/nginx" / sample).read_text(), words)
    beside = _BESIDE.format(directory=directory, modules=NGINX / "usr/lib/nginx/modules")
    whole = beside + (text if sample == "stream.conf" else _AROUND.format(directory=directory, text=text))
    (directory / "nginx.conf").write_text(whole)
    for name in ("uwsgi_params", "scgi_params"):
        shutil.copy(NGINX / "etc/nginx" / name, directory)
    argv = [str(NGINX / "usr/sbin/nginx"), "-e", "stderr", "-p", str(directory), "-c", str(directory / "nginx.conf")]
    return Front(argv, directory, f"127.0.0.1:{port}", 'using the "epoll" event method')


def haproxy(server: Path, changed: Mapping[str, str] | None = None) -> Front:
    """HAProxy with examples/haproxy/haproxy.cfg in front of the sockets in the directory `server`."""
    directory, listener = Path(tempfile.mkdtemp(prefix="adapter-haproxy-")), socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    words = {**(changed or {}), "bind :80": "bind fd@0", "/run/shop": str(server)}
    text = replaced((ROOT / "examples/haproxy/haproxy.cfg").read_text(), words)
    (directory / "haproxy.cfg").write_text(text)
    argv = [str(HAPROXY), "-V", "-db", "-f", str(directory / "haproxy.cfg")]
    return Front(argv, directory, f"127.0.0.1:{port}", listener=listener)


def replaced(text: str, words: Mapping[str, str]) -> str:
    """The text with these words otherwise."""
    for word, other in words.items():
        assert word in text, f"the sample does not say {word!r}"
        text = text.replace(word, other)
    return text


def raw(address: str, data: bytes) -> bytes:
    """All that comes back for these bytes, until the end of the connection."""
    unix = address.startswith("unix:")
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as wire:
        wire.settimeout(PATIENCE)
        host, _, port = address.rpartition(":")
        wire.connect(address.removeprefix("unix:") if unix else (host, int(port)))
        wire.sendall(data)
        parts = []
        while part := wire.recv(65536):
            parts.append(part)
    return b"".join(parts)


def turned_away(address: str, data: bytes) -> bool:
    """Whether the connection ends without a byte: by EOF, or by a reset since something was left unread."""
    try:
        return raw(address, data) == b""
    except (ConnectionResetError, BrokenPipeError):
        return True

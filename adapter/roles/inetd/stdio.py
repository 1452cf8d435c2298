"""Descriptors 0, 1 and 2 as inetd and its like leave them: find the connection, and take it out of the application's reach.

What each of them does is in the tests; the facts are xinetd's (0, 1 and 2 are the connection, so a traceback would go to the
client), tcpserver's and busybox' (2 is their own stderr), and socat's (a socket, a socketpair, or pipes).
"""

from __future__ import annotations

import _socket as socket
import os

from adapter.exits import Misuse
from adapter.gateway.environ import Endpoint
from adapter.roles.serving.answering import Parties
from adapter.unix.descriptors import is_listening, is_socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.unix.descriptors import Connected

_PASSED = 3  # SD_LISTEN_FDS_START
_HIGH = 10  # as shells do: out of the way of what counts on 3 and up
_NOBODY = Endpoint("", "")
_CLIENT = (("TCPREMOTEIP", "TCPREMOTEPORT"), ("TCP6REMOTEIP", "TCP6REMOTEPORT"), ("SOCAT_PEERADDR", "SOCAT_PEERPORT"))
_SERVER = (("TCPLOCALIP", "TCPLOCALPORT"), ("TCP6LOCALIP", "TCP6LOCALPORT"), ("SOCAT_SOCKADDR", "SOCAT_SOCKPORT"))


class Ends:
    """The connection, out of the way: read from `reader`, write to `writer`. `socket`: both are it."""

    __slots__ = ("reader", "socket", "writer")

    def __init__(self, reader: int, writer: int, socket: Connected | None) -> None:
        self.reader = reader
        self.writer = writer
        self.socket = socket


def fetch(environ: Mapping[str, str], pid: int) -> None:
    """systemd's Accept=yes leaves the connection on 3, unless told StandardInput=socket: bring it to 0, where all others have it."""
    meant = environ.get("LISTEN_PID") == str(pid) and environ.get("LISTEN_FDS") == "1"
    if meant and is_socket(_PASSED) and not is_listening(_PASSED) and not is_socket(0):
        os.dup2(_PASSED, 0)
        os.close(_PASSED)


def take() -> Ends:
    """Move the connection up; put something harmless where it was. Raises Misuse when fd 0 is none."""
    connection = {_identity(0)} - {None}
    if not connection:
        raise Misuse("inetd needs a connection on its standard input, which is closed")
    reader = _raised(0)
    sock = None
    if is_socket(0):
        sock = socket.socket(fileno=reader)
        if sock.type != socket.SOCK_STREAM:
            raise Misuse("inetd needs a stream socket on its standard input: say `stream` in inetd's configuration, not `dgram`")
        writer = reader
    else:
        connection.add(_identity(1))
        if None in connection:
            raise Misuse("inetd needs its standard output, which is closed")
        writer = _raised(1)
    shield(connection)
    return Ends(reader, writer, sock)


def _raised(fd: int) -> int:
    """The same on another descriptor, a high one. There are no other threads yet; `fcntl` would do it, and is a library to load."""
    high = _HIGH
    while _identity(high) is not None:
        high += 1
    return os.dup2(fd, high, inheritable=False)


def shield(connection: set[tuple[int, int] | None]) -> None:
    """What the application reads from 0 is nothing; what it writes to 1 and 2 is for the log, never for `connection`."""
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(null, 0)
    ours = connection | {None}
    if _identity(2) in ours and not os.isatty(2):
        log = syslog("/dev/log")
        os.dup2(null if log < 0 else log, 2)
        if log >= 0:
            os.close(log)
    if _identity(1) in ours:
        os.dup2(2, 1)
    os.close(null)


def shield_listener() -> None:
    """In `wait` mode 1 and 2 may be the listener, where every write fails."""
    listener = _identity(0)
    kept = os.dup(0)
    shield({listener})
    os.dup2(kept, 0)
    os.close(kept)


def syslog(path: str) -> int:
    """A descriptor on which each write is one message to syslogd; -1 when there is none."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sock.connect(path)
    except OSError:
        sock.close()
        return -1
    return sock.detach()


def parties(ends: Ends, environ: Mapping[str, str]) -> Parties:
    """Who talks to whom. Only where the socket does not know may the environment say: it could be left from an outer program."""
    sock = ends.socket
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        try:
            here, there = sock.getsockname(), sock.getpeername()
        except OSError:  # gone already
            return Parties(_NOBODY, _NOBODY)
        return Parties(Endpoint(here[0], str(here[1])), Endpoint(there[0], str(there[1])))
    return Parties(_said(environ, _SERVER), said_client(environ))


def said_client(environ: Mapping[str, str]) -> Endpoint:
    """The client as tcpserver, socat, busybox' tcpsvd or xinetd name it."""
    client = _said(environ, _CLIENT)
    if client == _NOBODY:
        host, _, port = environ.get("TCPREMOTEADDR", "").rpartition(":")
        client = Endpoint(host.strip("[]"), port)
    if client == _NOBODY and not (host := environ.get("REMOTE_HOST", "")).startswith("<"):  # xinetd: `<no address>`
        client = Endpoint(host, "")
    return client


def _said(environ: Mapping[str, str], names: tuple[tuple[str, str], ...]) -> Endpoint:
    for host, port in names:
        if said := environ.get(host):
            return Endpoint(said.strip("[]"), environ.get(port, ""))
    return _NOBODY


def _identity(fd: int) -> tuple[int, int] | None:
    """What is behind the descriptor; None: it is closed."""
    try:
        found = os.fstat(fd)
    except OSError:
        return None
    return found.st_dev, found.st_ino

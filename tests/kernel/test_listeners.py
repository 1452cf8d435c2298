"""TCP listeners and adopted descriptors, on the real kernel."""

import errno
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapter.exits import Misuse, SystemFailure
from adapter.unix import listeners, refusals
from adapter.unix.listeners import Listener
from kit.pythons import NOBODY, living, said_by


@pytest.fixture
def tcp() -> Iterator[Listener]:
    listener = listeners.bind_tcp("127.0.0.1", 0, backlog=16)
    yield listener
    listeners.close(listener)


def _port(listener: Listener) -> int:
    port: int = listener.socket.getsockname()[1]
    return port


def test_tcp_listener_is_ready_to_share(tcp: Listener) -> None:
    """What we bind listens, does not block, is closed on exec, may be bound again soon, and never has a queue per worker."""
    sock = tcp.socket
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    assert not os.get_blocking(sock.fileno())
    assert not sock.get_inheritable()
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    assert not sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT)
    assert (tcp.owned, tcp.inode) == (True, None)


def test_port_zero_is_told(tcp: Listener) -> None:
    """Asked for port 0, the address says which port the kernel chose."""
    assert tcp.address == f"127.0.0.1:{_port(tcp)}"
    assert _port(tcp) != 0


def test_a_name_is_ipv4_first() -> None:
    """`localhost` is 127.0.0.1, whatever the resolver prefers."""
    listener = listeners.bind_tcp("localhost", 0, backlog=1)
    assert listener.address.startswith("127.0.0.1:")
    listeners.close(listener)


def test_ipv6_takes_no_ipv4() -> None:
    """[::]:PORT and 0.0.0.0:PORT are two addresses: both can be had at once."""
    six = listeners.bind_tcp("::", 0, backlog=1)
    four = listeners.bind_tcp("0.0.0.0", _port(six), backlog=1)
    assert six.address == f"[::]:{_port(six)}"
    assert six.socket.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    listeners.close(six)
    listeners.close(four)


@pytest.mark.parametrize("theirs", ["127.0.0.1", "0.0.0.0", "::"])
def test_address_in_use_names_the_holder(theirs: str) -> None:
    """A busy port is refused with the pid and the name of who has it, on this address or on all of them."""
    code = """
        import socket, sys
        six = ":" in sys.argv[1]
        s = socket.create_server((sys.argv[1], 0), family=socket.AF_INET6 if six else socket.AF_INET, dualstack_ipv6=six)
    """
    with living(code, theirs) as process:
        port = _listening_port_of(process.pid)
        with pytest.raises(
            SystemFailure,
            match=rf"cannot bind 127\.0\.0\.1:{port}: address in use \(held by pid {process.pid}, python[^ ]*\); stop",
        ) as caught:
            listeners.bind_tcp("127.0.0.1", port, backlog=1)
    assert caught.value.code == 111
    listeners.close(listeners.bind_tcp("127.0.0.1", port, backlog=1))


def _listening_port_of(pid: int) -> int:
    inodes = {os.readlink(fd.path) for fd in os.scandir(f"/proc/{pid}/fd")}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" in inodes:
                return int(fields[1].rpartition(":")[2], 16)
    raise AssertionError(f"pid {pid} listens nowhere")


def test_without_privilege_the_holder_is_a_user(tcp: Listener) -> None:
    """Who may not look into another user's process is told whose it is."""
    code = f"""
        from adapter.exits import Fatal
        from adapter.unix import listeners
        def main():
            try:
                listeners.bind_tcp("127.0.0.1", {_port(tcp)}, backlog=1)
            except Fatal as fatal:
                print(fatal)
    """
    assert re.search(r"address in use \(held by a process of user \S+\)", said_by(code, user=NOBODY))


def test_low_port_without_privilege() -> None:
    """A port that needs privilege is refused with the ways to get it."""
    first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    code = """
        import sys
        from adapter.exits import Fatal
        from adapter.unix import listeners
        def main():
            try:
                listeners.bind_tcp("127.0.0.1", 81, backlog=1)
            except Fatal as fatal:
                print(fatal.code, fatal)
    """
    if first > 81:
        assert said_by(code, user=NOBODY) == (
            f"111 cannot bind 127.0.0.1:81: ports below {first} need privilege; start as root with --uid, grant"
            " CAP_NET_BIND_SERVICE, have the supervisor pass the socket, or use a higher port"
        )
    sentence = refusals.of_tcp("h", 65535, "127.0.0.1", OSError(errno.EACCES, "")).sentence
    assert "by a security policy" in sentence


def test_an_address_of_another_machine() -> None:
    """An address no interface has is a SystemFailure: the interface may come up yet."""
    with pytest.raises(SystemFailure, match=r"this machine has no interface with the address 192\.0\.2\.1; use one of its own"):
        listeners.bind_tcp("192.0.2.1", 0, backlog=1)


def test_no_such_host() -> None:
    """A name that cannot be (RFC 6761, .invalid) is refused with a sentence, resolver or not."""
    with pytest.raises(
        (Misuse, SystemFailure), match=r"cannot bind nowhere\.invalid:80: (no such host|the resolver does not answer)"
    ):
        listeners.bind_tcp("nowhere.invalid", 80, backlog=1)


@pytest.mark.parametrize("number", [errno.EAFNOSUPPORT, errno.EMFILE, errno.ENOBUFS])
def test_other_refusals_are_sentences_too(number: int) -> None:
    """Every errno ends in one sentence of words."""
    sentence = refusals.of_tcp("::1", 80, "::1", OSError(number, os.strerror(number))).sentence
    assert sentence.startswith("cannot bind [::1]:80: ")
    assert "Errno" not in sentence


def test_adopt_reads_what_it_is_from_the_descriptor() -> None:
    """Family and address come from the descriptor; it is made non-blocking and close-on-exec, and it is not ours to end."""
    given = socket.create_server(("::1", 0), family=socket.AF_INET6)
    given.set_inheritable(True)
    port = given.getsockname()[1]
    listener = listeners.adopt(given.detach())
    assert (listener.socket.family, listener.socket.type) == (socket.AF_INET6, socket.SOCK_STREAM)
    assert (listener.address, listener.owned) == (f"[::1]:{port}", False)
    assert not listener.socket.get_inheritable()
    assert not os.get_blocking(listener.socket.fileno())
    listeners.close(listener)
    listeners.close(listener)


def _closed() -> int:
    read, write = os.pipe()
    os.close(read)
    os.close(write)
    return read


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_closed, "is not open; have it opened"),
        (lambda: os.open("/dev/null", os.O_RDONLY), "is not a socket"),
        (lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).detach(), "is not a TCP or UNIX stream socket"),
        (lambda: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).detach(), "is not a TCP or UNIX stream socket"),
        (
            lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).detach(),
            "does not listen; for one connection per process use `adapter inetd`",
        ),
    ],
)
def test_adopt_refuses_what_is_no_listener(make, sentence: str) -> None:
    """A descriptor that is closed, no socket, no stream or no listener is refused by its number, and left as it was."""
    fd = make()
    with pytest.raises(Misuse, match=rf"fd {fd} \(--bind\) .*{sentence}"):
        listeners.adopt(fd)
    if make is not _closed:
        os.close(fd)


def test_what_a_carryover_knows_is_kept() -> None:
    """Address and first numbers, told by an image before us, are taken over as they are."""
    given = socket.create_server(("127.0.0.1", 0))
    listener = listeners.adopt(given.detach(), address="elsewhere:1", numbers=(0, 3))
    assert (listener.address, listener.numbers) == ("elsewhere:1", (0, 3))
    listeners.close(listener)

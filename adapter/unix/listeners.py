"""Listeners: bound here or inherited, all stream sockets, non-blocking and close-on-exec.

Never SO_REUSEPORT: each such socket has a queue of its own, and closing one resets what waits in it (socket(7)).
"""

import errno
import fcntl
import os
import socket as sockets
import stat
from typing import Any, NamedTuple

from adapter.exits import Misuse
from adapter.unix import refusals, socketfiles, startlocks
from adapter.unix.descriptors import Connected
from adapter.unix.socketfiles import Inode

_FAMILIES = (sockets.AF_INET, sockets.AF_INET6, sockets.AF_UNIX)
_STANDARD = (0, 1, 2)


class Listener(NamedTuple):
    """A listening socket and whose it is.

    `address` is where it really listens (the port the kernel chose, the absolute path), spelled as `--bind` takes it.
    `owned`: bound by us (by this image or one before it), so ours to filter, unlink and end. Inherited ones never are.
    `inode` is (device, inode) of the file of an owned UNIX listener. `name` is what LISTEN_FDNAMES calls it, or nothing.
    `numbers` are the descriptors it came as (0 is moved away): what `--bind fd:N` means by N.
    """

    socket: sockets.socket
    address: str
    owned: bool
    inode: Inode | None = None
    name: str = ""
    numbers: tuple[int, ...] = ()


def accept(listener: sockets.socket, family: int, kind: int) -> tuple[Connected, Any]:
    """A connection and its client's address: `listener.accept()` for one who knows the listener's family and kind, which that looks
    up anew each time, as enumerations, for longer than the kernel needs. Not non-blocking yet. Raises OSError.
    """
    fd, peer = listener._accept()  # type: ignore[attr-defined]  # noqa: SLF001 -- what `accept` is made of
    return Connected(family, kind, 0, fd), peer


def bind_tcp(host: str, port: int, *, backlog: int, named: bool = True) -> Listener:
    """Listen on TCP (ip(7), tcp(7)). Port 0: the kernel chooses, `address` tells.

    A host name is resolved once, now; of several addresses the first IPv4 one is taken (`localhost` is 127.0.0.1).
    The kernel lowers `backlog` to net.core.somaxconn without a word (listen(2)). `named`: an error says who has the address.
    Raises `SystemFailure` (in use, no permission, not an address of this machine) and `Misuse` (no such host).
    """
    family, where = _resolve(host, port)
    sock = None
    try:
        sock = sockets.socket(family, sockets.SOCK_STREAM)
        sock.setblocking(False)
        # Connections of our predecessor in TIME_WAIT must not keep us from the port.
        sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        if family == sockets.AF_INET6:
            # Without it [::]:80 would take IPv4 too, or fail when 0.0.0.0:80 exists, as bindv6only says (ipv6(7)).
            sock.setsockopt(sockets.IPPROTO_IPV6, sockets.IPV6_V6ONLY, 1)
        sock.bind(where)
        sock.listen(backlog)
    except OSError as error:
        if sock is not None:
            sock.close()
        raise refusals.of_tcp(host, port, str(where[0]), error, named=named) from error
    return Listener(sock, address_of(sock), owned=True)


def bind_unix(path: str, *, backlog: int, mode: int, uid: int | None = None, gid: int | None = None) -> Listener:
    """Listen on a UNIX stream socket (unix(7)): at a path, or with `@NAME` in the abstract namespace.

    The file is there with `mode`, and owner if given, before anyone can connect. A stale file is replaced; one that
    somebody listens on, one that is no socket, and a symbolic link are not. An abstract name has no file: `mode`, `uid`
    and `gid` protect nothing there, every local process in the same network namespace may connect.
    Call it while this process has one thread: umask(2) is the process's. Raises `SystemFailure` and `Misuse`.
    """
    socketfiles.check_length(path)
    if not path.startswith("@"):
        with startlocks.alone(path):
            return _bind_file(path, backlog, mode, uid, gid)
    sock = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.bind(b"\0" + os.fsencode(path[1:]))
        sock.listen(backlog)
    except OSError as error:
        sock.close()
        raise refusals.of_unix(path, error) from error
    return Listener(sock, f"unix:{path}", owned=True)


def _bind_file(path: str, backlog: int, mode: int, uid: int | None, gid: int | None) -> Listener:
    sock = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    inode = None
    try:
        sock.setblocking(False)
        inode = socketfiles.create(sock, path, mode)
        socketfiles.entitle(path, inode, mode, uid, gid)
        sock.listen(backlog)
        socketfiles.check_still(path, inode)
        return Listener(sock, f"unix:{os.path.join(os.getcwd(), path)}", owned=True, inode=inode)
    except BaseException as error:
        if inode is not None:
            socketfiles.remove(path, inode)
        sock.close()
        if isinstance(error, OSError):
            raise refusals.of_unix(path, error) from error
        raise


def adopt(
    fd: int,
    *,
    address: str = "",
    owned: bool = False,
    inode: Inode | None = None,
    name: str = "",
    numbers: tuple[int, ...] = (),
    origin: str = "--bind",
) -> Listener:
    """Make a listener of a descriptor that is already listening; what it is, is read from it (SO_DOMAIN, SO_TYPE, socket(7)).

    `address` is for a socket whose own name says too little (a path that was relative when it was bound), `numbers` for one
    that first came as others; a carryover knows both. `origin` says in errors who named the descriptor.
    One of 0, 1, 2 is moved away, and /dev/null takes the place of every one of them that is the same socket: nothing that is
    printed may go there. Raises `Misuse`, and then leaves the descriptor alone.
    """
    _check_listening(fd, f"fd {fd} ({origin})")
    sock = sockets.socket(fileno=_off_standard(fd))
    sock.set_inheritable(False)
    # O_NONBLOCK belongs to the open file, so whoever shares it sees it too; no supervisor known to us accepts by itself.
    sock.setblocking(False)
    return Listener(sock, address or address_of(sock), owned=owned, inode=inode, name=name, numbers=numbers or (fd,))


def entitle(listener: Listener, mode: int, uid: int | None, gid: int | None) -> None:
    """Change mode and owner of an owned UNIX listener's file, if it is still its file. Raises OSError when we may not."""
    if listener.owned and listener.inode is not None:
        socketfiles.entitle(listener.address.removeprefix("unix:"), listener.inode, mode, uid, gid)


def unlink(listener: Listener) -> bool:
    """Take an owned UNIX listener's file away, if it is still its file; True when it was.

    The first step of a stop: nobody new can connect, while those in the backlog can still be accepted.
    """
    if not listener.owned or listener.inode is None:
        return False
    return socketfiles.remove(listener.address.removeprefix("unix:"), listener.inode)


def close(listener: Listener) -> None:
    """Close our copy, and first unlink the file of an owned UNIX listener if it is still ours. Twice does no harm.

    In this order: while the socket is open its inode number cannot be given to another file.
    """
    if listener.socket.fileno() >= 0:
        unlink(listener)
        listener.socket.close()


def deafen(listener: Listener) -> None:
    """Nobody listens there any more, whoever else has a copy; who waits in the queue is reset. The address is free (with SO_REUSEADDR)."""
    listener.socket.shutdown(sockets.SHUT_RDWR)


def address_of(sock: sockets.socket) -> str:
    """Where a socket is bound, spelled as `--bind` takes it (getsockname(2))."""
    where = sock.getsockname()
    if sock.family == sockets.AF_UNIX:
        return f"unix:{where}" if isinstance(where, str) else f"unix:@{os.fsdecode(where[1:])}"
    if sock.family == sockets.AF_INET6:
        zone = f"%{where[3]}" if where[3] else ""
        return f"[{where[0]}{zone}]:{where[1]}"
    return f"{where[0]}:{where[1]}"


def _resolve(host: str, port: int) -> tuple[sockets.AddressFamily, Any]:
    """Family and address to bind. A literal address asks no resolver (getaddrinfo(3))."""
    # As bytes where it can be: a str goes through IDNA, whose tables take a third of a megabyte for good.
    name = host.encode() if host.isascii() else host
    try:
        found = sockets.getaddrinfo(name, port, type=sockets.SOCK_STREAM, flags=sockets.AI_PASSIVE)
    except (sockets.gaierror, UnicodeError) as error:
        raise refusals.of_name(host, port, error) from error
    chosen = min(found, key=lambda one: one[0] != sockets.AF_INET)
    return chosen[0], chosen[4]


def _check_listening(fd: int, said: str) -> None:
    try:
        if not stat.S_ISSOCK(os.fstat(fd).st_mode):
            raise Misuse(f"{said} is not a socket; pass a listening stream socket")
    except OSError:
        raise Misuse(f"{said} is not open; have it opened and passed on by whoever starts adapter, or take it out") from None
    # A second socket object on the same descriptor, which never closes it: only to ask.
    asked = sockets.socket(fileno=fd)
    try:
        family = asked.getsockopt(sockets.SOL_SOCKET, sockets.SO_DOMAIN)
        kind = asked.getsockopt(sockets.SOL_SOCKET, sockets.SO_TYPE)
        listening = asked.getsockopt(sockets.SOL_SOCKET, sockets.SO_ACCEPTCONN)
    finally:
        asked.detach()
    if family not in _FAMILIES or kind != sockets.SOCK_STREAM:
        raise Misuse(f"{said} is not a TCP or UNIX stream socket; pass one")
    if not listening:
        raise Misuse(f"{said} is a socket that does not listen; for one connection per process use `adapter inetd`")


def _off_standard(fd: int) -> int:
    if fd not in _STANDARD:
        return fd
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, len(_STANDARD))
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for standard in _STANDARD:
        if is_same(standard, moved):
            os.dup2(null, standard)
    os.close(null)
    return moved


def is_same(fd: int, other: int) -> bool:
    """Whether two descriptors are the same socket (or file); one that is closed is the same as nothing."""
    try:
        return os.path.samestat(os.fstat(fd), os.fstat(other))
    except OSError as error:
        if error.errno == errno.EBADF:
            return False
        raise

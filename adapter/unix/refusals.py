"""Why the kernel refused an address or a file: one sentence, with what can be done about it."""

import errno
import os
import socket

from adapter.exits import Fatal, Misuse, SystemFailure
from adapter.unix import holders

_PRIVILEGED = "/proc/sys/net/ipv4/ip_unprivileged_port_start"


class AddressInUse(SystemFailure):
    """Somebody else listens there."""


def of_tcp(host: str, port: int, literal: str, error: OSError, *, named: bool = True) -> Fatal:
    """For bind(2) and listen(2) of a TCP address; `literal` is what `host` was resolved to. `named`: look who holds it, through all of /proc."""
    said = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        holder = holders.of_tcp(literal.partition("%")[0], port) if named else None
        held = f" (held by {holder})" if holder else ""
        return AddressInUse(f"cannot bind {said}: address in use{held}; stop that process or use another port")
    return SystemFailure(f"cannot bind {said}: {_tcp_reason(literal, port, error)}")


def of_name(host: str, port: int, error: Exception) -> Fatal:
    """For a name that getaddrinfo(3) could not resolve."""
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return SystemFailure(
            f"cannot bind {host}:{port}: the resolver does not answer; try again, or write the address as numbers"
        )
    return Misuse(f"cannot bind {host}:{port}: no such host; correct the name, or write the address as numbers")


def of_unix(path: str, error: OSError) -> Fatal:
    """For the making of a UNIX socket at `path`."""
    kind = AddressInUse if error.errno == errno.EADDRINUSE else SystemFailure
    return kind(f"cannot bind unix:{path}: {_unix_reason(path, error)}")


def reason(error: OSError) -> str:
    """Why a file (a pidfile, a FIFO) can not be made or read at its path, and what to do."""
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return "there is no such directory; create it, or use another path"
        case errno.EACCES | errno.EPERM:
            return "permission denied; give this user the right to it, or use another path"
        case errno.EROFS:
            return "its file system is read-only; use a path on a writable one"
        case errno.ENOLCK | errno.EOPNOTSUPP:
            return "its file system has no locks; use a path on a local one"
        case _:
            return f"{os.strerror(error.errno or 0).lower()}; use another path"


def _tcp_reason(literal: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM if port < _first_unprivileged():
            return (
                f"ports below {_first_unprivileged()} need privilege; start as root with --uid, grant CAP_NET_BIND_SERVICE,"
                " have the supervisor pass the socket, or use a higher port"
            )
        case errno.EACCES | errno.EPERM:
            return "permission denied by a security policy of this system; allow it there, or use another port"
        case errno.EADDRNOTAVAIL:
            return f"this machine has no interface with the address {literal.partition('%')[0]}; use one of its own, or 127.0.0.1"
        case errno.EAFNOSUPPORT:
            return "this system has no IPv6; use an IPv4 address"
        case _:
            return _otherwise(error)


def _unix_reason(path: str, error: OSError) -> str:
    directory = os.path.dirname(path) or "."
    match error.errno:
        case errno.EADDRINUSE:
            holder = holders.of_unix(path)
            return f"address in use{f' (held by {holder})' if holder else ''}; stop that process or use another path"
        case errno.ENOENT:
            return f"there is no directory {directory}; create it, or use another path"
        case errno.ENOTDIR:
            return f"{directory} is no directory; use another path"
        case errno.EACCES:
            return f"no permission to create it in {directory}; allow this user to write there, or use another path"
        case errno.EPERM:
            return "no permission to replace it or to give it to another user; start as root, or leave out --uid, --gid and --socket-owner"
        case errno.EROFS:
            return f"{directory} is on a read-only file system; use a path on a writable one"
        case _:
            return _otherwise(error)


def _otherwise(error: OSError) -> str:
    name = errno.errorcode.get(error.errno or 0, "no errno")
    return f"{os.strerror(error.errno).lower() if error.errno else error} ({name})"


def _first_unprivileged() -> int:
    """ip_unprivileged_port_start of ip(7); 1024 where it cannot be read."""
    try:
        with open(_PRIVILEGED, encoding="ascii") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 1024

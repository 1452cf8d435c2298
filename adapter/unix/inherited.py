"""Listeners left open for us, in every convention there is: a listening fd 0 (inetd `wait`, supervisord [fcgi-program]),
LISTEN_FDS (sd_listen_fds(3)), EINHORN_FD_n (Stripe's einhorn), SERVER_STARTER_PORT (Perl's Server::Starter).
"""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from adapter.exits import Misuse
from adapter.unix import listeners
from adapter.unix.descriptors import is_listening
from adapter.unix.listeners import Listener

_FIRST_LISTEN_FD = 3  # SD_LISTEN_FDS_START
_PREFIXES = ("LISTEN_FD", "LISTEN_PID", "EINHORN_", "SERVER_STARTER_")


class _Claim(NamedTuple):
    fd: int
    origin: str
    name: str = ""


def inherited(environ: Mapping[str, str], pid: int) -> list[Listener]:
    """Adopt every listener that fd 0 and `environ` hand to the process `pid`, each socket once.

    Variables meant for another process (LISTEN_PID, EINHORN_MASTER_PID) are passed over. Raises `Misuse` when one names
    a descriptor that is no listener. To be asked once: fd 0 is moved away, and the numbers mean nothing later.
    """
    claims = [*_standard_input(), *_listen_fds(environ, pid), *_einhorn(environ), *_server_starter(environ)]
    found: list[Listener] = []
    for claim in claims:
        at = next((at for at, one in enumerate(found) if _is(claim.fd, one)), None)
        if at is None:
            found.append(listeners.adopt(claim.fd, name=claim.name, origin=claim.origin))
            continue
        twin = found[at]
        if claim.fd not in twin.numbers:
            found[at] = twin._replace(name=twin.name or claim.name, numbers=(*twin.numbers, claim.fd))
            # The same socket by another number (StandardInput=socket has it at 0 and 3): a copy left open would keep it alive.
            os.close(claim.fd)
    return found


def _is(fd: int, listener: Listener) -> bool:
    return fd in listener.numbers or listeners.is_same(fd, listener.socket.fileno())


def describes_descriptors(variable: str) -> bool:
    """Whether this environment variable speaks of descriptors handed to us, and so is not for the application."""
    return variable.startswith(_PREFIXES)


def _standard_input() -> Iterator[_Claim]:
    if is_listening(0):
        yield _Claim(0, "standard input")


def _listen_fds(environ: Mapping[str, str], pid: int) -> Iterator[_Claim]:
    if "LISTEN_FDS" not in environ or environ.get("LISTEN_PID") != str(pid):
        return
    count = _number(environ, "LISTEN_FDS")
    names = environ.get("LISTEN_FDNAMES", "").split(":")
    for at in range(count):
        name = names[at] if len(names) == count else ""
        yield _Claim(_FIRST_LISTEN_FD + at, f"LISTEN_FDS, {name}" if name else "LISTEN_FDS", name)


def _einhorn(environ: Mapping[str, str]) -> Iterator[_Claim]:
    if "EINHORN_FD_COUNT" not in environ or environ.get("EINHORN_MASTER_PID") not in {None, str(os.getppid())}:
        return
    for at in range(_number(environ, "EINHORN_FD_COUNT")):
        variable = f"EINHORN_FD_{at}"
        yield _Claim(_number(environ, variable), variable)


def _server_starter(environ: Mapping[str, str]) -> Iterator[_Claim]:
    """`127.0.0.1:80=3;8080=4;/run/app.sock=5`."""
    value = environ.get("SERVER_STARTER_PORT", "")
    for port in filter(None, value.split(";")):
        _, equals, fd = port.rpartition("=")
        yield _Claim(_digits(equals and fd, "SERVER_STARTER_PORT", value), f"SERVER_STARTER_PORT, {port}")


def _number(environ: Mapping[str, str], variable: str) -> int:
    return _digits(environ.get(variable, ""), variable, environ.get(variable, ""))


def _digits(digits: str, variable: str, value: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len("1048576")):
        raise Misuse(
            f"the environment has {variable}='{value}', which names no descriptors; unset it, or start through its setter"
        )
    return int(digits)

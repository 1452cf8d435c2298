"""What names a running server: its control socket, its FIFO or its pidfile, told apart by what the path is; and the two that have
no answers, each with what it can ask for.
"""

import errno
import os
import signal
import stat
from collections.abc import Container
from enum import Enum
from signal import Signals
from typing import NamedTuple

from adapter.exits import Misuse, SystemFailure
from adapter.lifecycle.commands import Command
from adapter.lifecycle.dialects import AGREED, FIFO
from adapter.unix import pidfiles


class Kind(Enum):
    """In words, for errors."""

    CONTROL = "control socket"
    FIFO = "FIFO"
    PIDFILE = "pidfile"


class Sent(NamedTuple):
    """A signal was sent. `process` is a descriptor that tells the end of that process (pidfd_open(2)), to be closed."""

    process: int
    pid: int
    sentence: str


def kind_of(target: str) -> Kind:
    """What is at this path. Raises Misuse when there is nothing."""
    try:
        mode = os.stat(target).st_mode
    except OSError as error:
        raise Misuse(
            f"cannot find {target}: {error.strerror}; name the server's --control socket, --fifo or --pidfile"
        ) from error
    if stat.S_ISSOCK(mode):
        return Kind.CONTROL
    return Kind.FIFO if stat.S_ISFIFO(mode) else Kind.PIDFILE


def write_letter(path: str, command: Command) -> str:
    """By the FIFO; what was done, in words. Raises Misuse when no letter asks for this, SystemFailure when nobody reads."""
    letters = {row.command: row.letter for row in FIFO if row.command is not None}
    if command not in letters:
        raise _cannot(path, Kind.FIFO, command, letters)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise SystemFailure(f"nobody reads from the FIFO {path}: the server is gone") from error
        raise Misuse(f"cannot write to the FIFO {path}: {error.strerror}; it belongs to the user of the server") from error
    try:
        os.write(fd, letters[command].encode() + b"\n")
    except BlockingIOError:
        raise SystemFailure(f"the FIFO {path} is full: the server does not read from it; see its log") from None
    finally:
        os.close(fd)
    return f"wrote {letters[command]} to the FIFO"


def send_signal(path: str, command: Command) -> Sent:
    """By the pidfile.

    Raises Misuse when no signal asks for this, or the pidfile names nobody.
    """
    if command not in AGREED or command is Command.NOTHING:
        raise _cannot(path, Kind.PIDFILE, command, AGREED)
    pid = pidfiles.read(path)
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        raise SystemFailure(f"pid {pid} has just ended") from None
    try:
        _send(process, pid, AGREED[command])
    except BaseException:
        os.close(process)
        raise
    return Sent(process, pid, f"sent {AGREED[command].name.removeprefix('SIG')} to pid {pid}")


def _send(process: int, pid: int, number: Signals) -> None:
    try:
        signal.pidfd_send_signal(process, number)
    except PermissionError as error:
        raise Misuse(f"cannot signal pid {pid}: not permitted; be the user of the server, or root") from error
    except ProcessLookupError:
        raise SystemFailure(f"pid {pid} has just ended") from None


def _cannot(path: str, kind: Kind, command: Command, can: Container[Command]) -> Misuse:
    """The error that says what such a target cannot do."""
    names = ", ".join(each.value for each in Command if each in can and each is not Command.NOTHING)
    return Misuse(
        f"cannot ask for {command.value} by the {kind.value} {path}: it can ask for {names}; start the server with --control PATH and name that"
    )

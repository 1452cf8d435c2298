"""A question to a holder of sockets, over its UNIX socket, and what comes back: bytes, and descriptors beside them (SCM_RIGHTS, unix(7))."""

import os
import socket
import time
from collections.abc import Callable

from adapter.unix import peers

DESCRIPTORS = 8
_PART = 4096


def ask(
    path: str, question: bytes, complete: Callable[[bytes], bool], *, patience: float, give: tuple[int, ...] = ()
) -> tuple[bytes, list[int]]:
    """Send the question to the socket at `path` (or `@NAME`), and receive until the answer is `complete`, or ends. `give`: descriptors
    to go with the question.

    Descriptors are close-on-exec, and the caller's. Raises OSError: nobody there, TimeoutError after `patience` seconds in all;
    and what `complete` raises, the descriptors being closed.
    """
    deadline = time.monotonic() + patience
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        _wait(wire, deadline)
        wire.connect("\0" + path[1:] if path.startswith("@") else path)
        if give:
            socket.send_fds(wire, [question], list(give), socket.MSG_NOSIGNAL)
        else:
            wire.sendall(question)
        said, fds = b"", list[int]()
        try:
            while not complete(said):
                _wait(wire, deadline)
                part, came = peers.receive(wire, _PART, DESCRIPTORS)
                fds += came
                said += part
                if not part:
                    break
        except BaseException:
            drop(fds)
            raise
        return said, fds


def drop(fds: list[int]) -> None:
    """Close what nobody wants."""
    for fd in fds:
        os.close(fd)


def _wait(wire: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    wire.settimeout(left)

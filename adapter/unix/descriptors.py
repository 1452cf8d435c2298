"""What is behind a descriptor we were given (fstat(2), socket(7)). Imports next to nothing: inetd asks it for every connection."""

import os
import stat
from _socket import SO_ACCEPTCONN, SOL_SOCKET
from _socket import socket as _plain

Connected = _plain
"""What `socket.socket` is built on: made, and closed, without a call of Python. All that an accepted connection needs."""


def is_socket(fd: int) -> bool:
    """Whether it is open and a socket."""
    try:
        return stat.S_ISSOCK(os.fstat(fd).st_mode)
    except OSError:
        return False


def is_listening(fd: int) -> bool:
    """Whether it is open and a listening socket (SO_ACCEPTCONN)."""
    if not is_socket(fd):
        return False
    asked = _plain(fileno=fd)  # only to ask: detached again, so never closed
    try:
        return bool(asked.getsockopt(SOL_SOCKET, SO_ACCEPTCONN))
    finally:
        asked.detach()

"""A socket between two of our processes: whole records (SOCK_SEQPACKET), with descriptors beside them (SCM_RIGHTS), and an
end of file when the other side is gone, however it went. See unix(7).
"""

import json
import os
import socket
from collections.abc import Sequence
from typing import Any, Self

from adapter.unix import peers

# The kernel refuses a record larger than the send buffer (212992 by default); a traceback may well be longer.
LARGEST = 128 * 1024
_DESCRIPTORS = 253  # SCM_MAX_FD


class Channel:
    """One end."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Two ends of a new channel, both close-on-exec and blocking."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), cls(theirs)

    @classmethod
    def adopt(cls, fd: int) -> Self:
        """An end that came to us by exec; close-on-exec again from here on."""
        os.set_inheritable(fd, False)
        return cls(socket.socket(fileno=fd))

    def fileno(self) -> int:
        """The descriptor, for polling and for passing on."""
        return self._socket.fileno()

    def never_wait(self) -> None:
        """From here on `send` and `receive` raise BlockingIOError rather than wait; the other end is not touched."""
        self._socket.setblocking(False)

    def send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """One record. Raises OSError: BrokenPipeError when the other side is gone, BlockingIOError when it does not read."""
        data = json.dumps(message).encode()
        if len(data) > LARGEST:
            message = {name: _shortened(value) for name, value in message.items()}
            data = json.dumps(message).encode()
        if fds:
            socket.send_fds(self._socket, [data], list(fds), socket.MSG_NOSIGNAL)
        else:
            self._socket.send(data, socket.MSG_NOSIGNAL)

    def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """The next record and its descriptors (close-on-exec); None at the end of file. BlockingIOError when there is none yet."""
        try:
            data, fds = peers.receive(self._socket, LARGEST * 2, _DESCRIPTORS)
        except ConnectionResetError:
            return None
        if not data:
            return None
        message: dict[str, Any] = json.loads(data)
        return message, fds

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _shortened(value: object) -> object:
    """Long texts lose their middle: a traceback begins with where and ends with what."""
    if isinstance(value, str) and len(value) > LARGEST // 8:
        return value[: LARGEST // 16] + "\n[…]\n" + value[-LARGEST // 16 :]
    return value

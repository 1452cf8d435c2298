"""What the other end of a UNIX socket is and sends along (unix(7))."""

import socket
import struct
from collections.abc import Iterable
from typing import NamedTuple

_UCRED = struct.Struct("3i")
_INT = 4


class Peer(NamedTuple):
    """The process that connected; or, asked by one that has connected, the one that called listen(2)."""

    pid: int
    uid: int
    gid: int


def peer(sock: socket.socket) -> Peer:
    """SO_PEERCRED. Raises OSError."""
    return Peer(*_UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)))


def receive(sock: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """What is there, up to `size` bytes, and the descriptors that came with it (SCM_RIGHTS), up to `most`, close-on-exec and the
    caller's. Raises OSError.
    """
    # Not socket.recv_fds: it does not set MSG_CMSG_CLOEXEC, and a fork in another thread would leak what we get.
    data, ancillary, _, _ = sock.recvmsg(size, socket.CMSG_SPACE(most * _INT), socket.MSG_CMSG_CLOEXEC)
    return data, list(_descriptors(ancillary))


def _descriptors(ancillary: Iterable[tuple[int, int, bytes]]) -> Iterable[int]:
    for level, kind, payload in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            yield from memoryview(payload[: len(payload) // _INT * _INT]).cast("i")

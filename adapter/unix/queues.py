"""How many connections wait at a listener to be accepted. Asked of the kernel; nothing is touched.

TCP by TCP_INFO, which for a listener holds the length of its accept queue and the most it may be (tcp(7);
net/ipv4/tcp.c, tcp_get_info). UNIX by SOCK_DIAG (sock_diag(7), unix_diag_rqlen).
"""

import os
import socket
from struct import Struct, error
from typing import NamedTuple

_INFO_LENGTH = 104
_INFO_QUEUE = Struct("=24xII")  # tcpi_unacked, tcpi_sacked
_MESSAGE = Struct("=IHHII")  # nlmsghdr
_QUESTION = Struct("=BBHIIIII")  # unix_diag_req
_ANSWER = Struct("=BBBxI8x")  # unix_diag_msg
_ATTRIBUTE = Struct("=HH")
_QUEUE = Struct("=II")  # unix_diag_rqlen: of a listener, how many wait and how many may
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 1
_UDIAG_SHOW_RQLEN = 0x10
_UNIX_DIAG_RQLEN = 4
_NETLINK_SOCK_DIAG = 4
_ANY = 0xFFFFFFFF


class Queue(NamedTuple):
    """Connections that wait, and how many may."""

    waiting: int
    most: int


def queue_of(listener: socket.socket) -> Queue | None:
    """The queue of this listener; None when the kernel does not tell."""
    try:
        if listener.family == socket.AF_UNIX:
            return _unix(os.fstat(listener.fileno()).st_ino)
        return Queue(*_INFO_QUEUE.unpack_from(listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_LENGTH)))
    except (OSError, error):
        return None


def _unix(inode: int) -> Queue | None:
    question = _QUESTION.pack(socket.AF_UNIX, 0, 0, _ANY, inode, _UDIAG_SHOW_RQLEN, _ANY, _ANY)
    head = _MESSAGE.pack(_MESSAGE.size + len(question), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _NETLINK_SOCK_DIAG) as netlink:
        netlink.send(head + question)
        answer = netlink.recv(4096)  # the kernel answers within the send
    _, kind, *_ = _MESSAGE.unpack_from(answer)
    if kind != _SOCK_DIAG_BY_FAMILY:
        return None
    place = _MESSAGE.size + _ANSWER.size
    while place + _ATTRIBUTE.size <= len(answer):
        length, name = _ATTRIBUTE.unpack_from(answer, place)
        if name == _UNIX_DIAG_RQLEN:
            return Queue(*_QUEUE.unpack_from(answer, place + _ATTRIBUTE.size))
        place += max((length + 3) & ~3, _ATTRIBUTE.size)
    return None

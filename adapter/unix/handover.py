"""A queue of connections between the workers of one server: whoever leaves puts them in, whoever serves takes them out.

It is a pair of sockets (SOCK_SEQPACKET, SCM_RIGHTS) whose ends every worker has, and the master for ever: so, like a listener's, the
queue belongs to no worker, lives through reloads, and a connection in it waits for whoever comes. Each record goes to one of them.
unix(7): the kernel bounds it by the sender's buffer; full is BlockingIOError.
"""

import json
import os
import socket
from collections.abc import Sequence
from typing import Any, NamedTuple

from adapter.unix import peers

_LARGEST = 1 << 18  # more than the send buffer lets through (net.core.wmem_default)
_DESCRIPTORS = 2


class Ends(NamedTuple):
    """`give` connections into one, `take` them out of the other. Both non-blocking."""

    give: socket.socket
    take: socket.socket

    def close(self) -> None:
        """Both ends. What is in the queue is lost when nobody else has them."""
        self.give.close()
        self.take.close()


def pair() -> Ends:
    """A new queue. Raises OSError."""
    ends = Ends(*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET))
    for end in ends:
        end.setblocking(False)
    return ends


def adopt(give: int, take: int) -> Ends:
    """The queue behind these descriptors, which came by exec or in a message."""
    for fd in (give, take):
        os.set_inheritable(fd, False)
    return Ends(socket.socket(fileno=give), socket.socket(fileno=take))


def give(ends: Ends, record: dict[str, Any], fds: Sequence[int]) -> None:
    """Put it in. Raises BlockingIOError when the queue is full, another OSError when this one cannot be handed over at all."""
    socket.send_fds(ends.give, [json.dumps(record, ensure_ascii=False).encode()], list(fds), socket.MSG_NOSIGNAL)


def take(ends: Ends) -> tuple[dict[str, Any], list[int]] | None:
    """The next one and its descriptors (close-on-exec); None: there is none. Raises OSError, ValueError for what is no record."""
    try:
        data, fds = peers.receive(ends.take, _LARGEST, _DESCRIPTORS)
    except (BlockingIOError, InterruptedError):
        return None
    try:
        record = json.loads(data)
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 -- what it is not is a record
    except ValueError:
        for fd in fds:
            os.close(fd)
        raise
    return record, fds

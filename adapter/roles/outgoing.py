"""What a connection still has to send: the one thing that the loop and an application's thread share, under a lock.

A thread hands its bytes to the kernel itself; what the kernel does not take waits here for the loop. So a slow client with a
small response holds no thread, and one with a large response holds a thread but bounded memory.
"""

import fcntl
import socket
import sys
import termios
from collections import deque
from collections.abc import Callable
from threading import Condition, Lock

from adapter.gateway.wsgi import ClientGone

FULL = 1 << 20  # bytes; a thread that finds more than this waiting waits too
_ROOM = FULL // 2  # and goes on below this
_PIECE = 1 << 16  # smaller pieces are joined: an application may yield byte by byte


class Outgoing:
    """The bytes that wait, in order. `send` is for the thread of a call, the rest for the loop.

    `stalled` is called (by the sending thread, under the lock) when bytes begin to wait: the loop must then call `flush`
    whenever the socket is writable. `gone`: nobody will ever read what we send.
    """

    __slots__ = ("_lock", "_pieces", "_room", "_socket", "_stalled", "_waiting", "gone", "size")

    def __init__(self, sock: socket.socket, stalled: Callable[[], None]) -> None:
        self._socket = sock
        self._stalled = stalled
        self._pieces: deque[bytearray | memoryview] = deque()
        self._lock = Lock()
        self._room = Condition(self._lock)
        self._waiting = False
        self.size = 0
        self.gone = False

    def send(self, data: bytes) -> None:
        """Send, and wait while too much is waiting. Raises ClientGone: then, or because the loop gave up on the client."""
        with self._lock:
            if self.put(data):
                self._stalled()
            while self.size > FULL:
                self._waiting = True
                # No timeout here: the loop's write_timeout ends it, and a second clock could only disagree with the first.
                self._room.wait()
            if self.gone:
                raise ClientGone

    def put(self, data: bytes) -> bool:
        """Send without waiting; True when bytes begin to wait (they did not before). For the loop while no call runs."""
        if self.gone:
            return False
        if self.size:
            self._append(data)
            return False
        sent = self._hand_over(data)
        if sent is None or sent == len(data):
            return False
        self._append(memoryview(data)[sent:])
        return True

    def flush(self) -> bool:
        """Send what the socket takes; True when it took something."""
        before = self.size
        with self._lock:
            while self._pieces:
                piece = self._pieces[0]
                sent = self._hand_over(piece)
                if sent is None:
                    return False
                self.size -= sent
                if sent < len(piece):
                    self._cut(piece, sent)
                    break
                self._pieces.popleft()
            self._wake()
            return self.size != before

    def unread(self) -> int:
        """Bytes that the kernel took and the client's has not: tcp(7), unix(7), SIOCOUTQ.

        "Writable" comes in steps: only when a third of the kernel's buffer is free. To a slow client that step can be long.
        """
        return int.from_bytes(fcntl.ioctl(self._socket, termios.TIOCOUTQ, bytes(4)), sys.byteorder)

    def abandon(self) -> None:
        """The client is gone, or given up: forget what waits, and let a waiting thread know."""
        with self._lock:
            self._give_up()

    def _give_up(self) -> None:
        self.gone = True
        self.size = 0
        self._pieces.clear()
        self._wake()

    def _wake(self) -> None:
        if self._waiting and self.size <= _ROOM:
            self._waiting = False
            self._room.notify_all()

    def _hand_over(self, data: bytes | bytearray | memoryview) -> int | None:
        """How much the kernel took; None: the client is gone."""
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:  # EPIPE, ECONNRESET, ETIMEDOUT, EHOSTUNREACH: whatever it is, this client gets nothing any more
            self._give_up()
            return None

    def _append(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        if len(data) >= _PIECE:
            self._pieces.append(memoryview(data))
        elif self._pieces and isinstance(last := self._pieces[-1], bytearray) and len(last) < _PIECE:
            last += data
        else:
            self._pieces.append(bytearray(data))

    def _cut(self, piece: bytearray | memoryview, sent: int) -> None:
        if isinstance(piece, bytearray):
            del piece[:sent]
        else:
            self._pieces[0] = piece[sent:]

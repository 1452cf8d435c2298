"""What a connection still has to send: the one thing that the loop and the thread of a call share, under a lock.

The thread of a call hands its bytes to the kernel itself; what the kernel does not take waits here for the loop. So a slow client
holds no thread: not with a small response, nor with one that is there as a whole (a list of blocks, a file). Only an application that
makes its response piece by piece waits when it is too far ahead of its client: its next piece belongs to its own thread.
"""

import fcntl
import os
import socket
import sys
import termios
from collections import deque
from collections.abc import Callable
from threading import Condition, Lock
from typing import Final

from adapter.gateway.file_wrapper import Part
from adapter.gateway.out import ClientGone
from adapter.roles.serving.threads import Threads
from adapter.unix.descriptors import Connected

FULL = 1 << 20  # bytes; a thread that finds more than this waiting waits too
_ROOM = FULL // 2  # and goes on below this
_PIECE = 1 << 16  # smaller pieces are joined: an application may yield byte by byte
_MORE: Final = int(socket.MSG_MORE)  # send(2): not yet; shutdown(2), close(2) and what is sent without it let it go
_AT_ONCE = 1 << 22  # bytes for one client per turn: the others want theirs too


class _File:
    """Bytes of a file, sent by the kernel. Owns the descriptor."""

    __slots__ = ("_fd", "_offset", "left")

    def __init__(self, part: Part) -> None:
        self._fd = os.dup(part.fd)
        self._offset = part.offset
        self.left = part.size

    def send_to(self, sock: Connected) -> int:
        """How much the kernel took. Raises OSError, also when the file has become shorter than it was."""
        sent = os.sendfile(sock.fileno(), self._fd, self._offset, min(self.left, _AT_ONCE))
        if not sent:
            raise OSError("the file has become shorter")
        self._offset += sent
        self.left -= sent
        return sent

    def close(self) -> None:
        os.close(self._fd)


_Piece = bytearray | memoryview | _File


def _nobody() -> None:
    """Nothing stalls any more."""


class Outgoing:
    """The bytes that wait, in order. `send` and its like are for the thread of a call, the rest for the loop.

    `stalled` is called (by the sending thread, under the lock) when bytes begin to wait: the loop must then call `flush`
    whenever the socket is writable. `gone`: nobody will ever read what we send. `threads`: those that run the calls.
    """

    __slots__ = ("_lock", "_pieces", "_room", "_socket", "_stalled", "_threads", "begun", "gone", "sent", "size", "unsent")

    def __init__(self, sock: Connected, stalled: Callable[[], None], threads: Threads) -> None:
        self._socket = sock
        self._stalled = stalled
        self._threads = threads
        self._pieces: deque[_Piece] | None = None  # most connections never have any
        self._lock = Lock()
        self._room: Condition | None = None  # while a thread waits
        self.size = 0
        self.sent = 0  # bytes that the kernel took; the loop counts them together and sets it back
        self.gone = False
        self.unsent = 0  # bytes that never left, since it is gone
        self.begun = False  # something was sent by the thread of the call; to be set back when one begins

    def take_back(self, data: bytes) -> bool:
        """Send this instead of the response, if that has not begun; the call will find the client gone. For the loop, during a call.

        False: it had begun.
        """
        with self._lock:
            in_vain = self.gone or self.size
            self.gone = True  # in this order: `finish` looks at the two the other way round
            taken_back = not self.begun
            if taken_back:
                self.unsent += len(data) - (0 if in_vain else self._to_kernel(data))
            self._give_up()
            return taken_back

    def send(self, data: bytes) -> None:
        """Send, and wait while too much is waiting. Raises ClientGone: then, or because the loop gave up on the client."""
        with self._lock:
            self.begun = True
            if self.put(data):
                self._stalled()
            while self.size > FULL:
                self._room = self._room or Condition(self._lock)
                # No timeout here: the loop's write_timeout ends it, and a second clock could only disagree with the first.
                self._room.wait()
            if self.gone:
                raise ClientGone

    def finish(self, data: bytes, closing: bool) -> None:  # noqa: FBT001 -- as gateway.out
        """Send the last bytes of a response: they are in memory, so waiting would save nothing. Raises ClientGone.

        Each response passes here, and mostly the kernel takes all of it. Until then no lock is needed: where nothing waits, all that the
        loop can do meanwhile is give up. When it does so as `take_back` in the very moment in which we begin, both see the other
        and neither sends: the client gets its connection closed, and never two answers.

        When the connection ends with them the kernel waits for that (MSG_MORE), if it comes at once, from this very thread: then the
        end goes in their last packet, which spares client and server one more, and its acknowledgement.
        """
        self.begun = True  # in this order: `take_back` looks at the two the other way round
        sent = 0 if self.gone or self.size else self._to_kernel(data, _MORE if closing and not self._threads.handing_on else 0)
        if sent != len(data):
            with self._lock:
                if self._keep(memoryview(data)[sent:]):
                    self._stalled()
        if self.gone:
            raise ClientGone

    def finish_file(self, head: bytes, part: Part) -> bool:
        """Send a file after these bytes; False: no descriptor is free for it. Raises ClientGone."""
        with self._lock:
            try:
                file = _File(part)
            except OSError:
                return False
            self.begun = True
            waited = self.size
            self._append(head)
            self._queue().append(file)
            self.size += file.left
            if not waited:
                self._pump()
                if self.size:
                    self._stalled()
            if self.gone:
                raise ClientGone
        return True

    def put(self, data: bytes) -> bool:
        """Send without waiting; True when bytes begin to wait (they did not before). For the loop while no call runs."""
        sent = 0 if self.gone or self.size else self._to_kernel(data)
        return sent != len(data) and self._keep(memoryview(data)[sent:])

    def flush(self) -> bool:
        """Send what the socket takes; True when it took something."""
        with self._lock:
            before = self.size
            self._pump()
            return self.size != before and not self.gone

    def unread(self) -> int:
        """Bytes that the kernel took and the client's has not: tcp(7), unix(7), SIOCOUTQ.

        "Writable" comes in steps: only when a third of the kernel's buffer is free. To a slow client that step can be long.
        """
        return int.from_bytes(fcntl.ioctl(self._socket, termios.TIOCOUTQ, bytes(4)), sys.byteorder)

    def abandon(self) -> None:
        """The client is gone, or given up: forget what waits, and let a waiting thread know.

        Under the lock also when no call runs: a thread that the application left behind may be sending, and the descriptor, once closed,
        is the next client's. Not by `with`, which costs thrice as much when it is compiled: each connection ends here.
        """
        self._lock.acquire()
        try:
            self._give_up()
        finally:
            self._lock.release()

    def _to_kernel(self, data: bytes, flags: int = 0) -> int:
        """How much it takes. It may find that the client is gone."""
        try:
            sent = self._socket.send(data, flags)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            self.gone = True
            return 0
        self.sent += sent
        return sent

    def _keep(self, rest: memoryview) -> bool:
        """What the kernel has not taken; True when bytes begin to wait."""
        if self.gone:
            self.unsent += len(rest)
            self._give_up()
            return False
        waited = self.size
        self._append(rest)
        return not waited

    def _pump(self) -> None:
        pieces = self._queue()
        budget = self.size - _AT_ONCE
        while pieces and self.size > budget:
            piece = pieces[0]
            try:
                sent = self._send_some(piece, more=len(pieces) > 1)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:  # EPIPE, ECONNRESET, ETIMEDOUT, EHOSTUNREACH: whatever it is, this client gets nothing any more
                self._give_up()
                return
            self.size -= sent
            self.sent += sent
            self._shorten(pieces, sent)
        if self._room is not None and self.size <= _ROOM:
            self._room.notify_all()
            self._room = None

    def _send_some(self, piece: _Piece, *, more: bool) -> int:
        if isinstance(piece, _File):
            return piece.send_to(self._socket)
        return self._socket.send(piece, _MORE if more else 0)

    def _shorten(self, pieces: deque[_Piece], sent: int) -> None:
        piece = pieces[0]
        if isinstance(piece, _File):
            if not piece.left:
                piece.close()
                pieces.popleft()
        elif sent == len(piece):
            pieces.popleft()
        elif isinstance(piece, bytearray):
            del piece[:sent]
        else:
            pieces[0] = piece[sent:]

    def _give_up(self) -> None:
        self.gone = True
        self.unsent += self.size
        self.size = 0
        for piece in self._pieces or ():
            if isinstance(piece, _File):
                piece.close()
        self._pieces = None
        self._stalled = _nobody  # or whoever it was and we would keep each other alive until the garbage collector comes by
        if self._room is not None:
            self._room.notify_all()
            self._room = None

    def _queue(self) -> deque[_Piece]:
        if self._pieces is None:
            self._pieces = deque()
        return self._pieces

    def _append(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        pieces = self._queue()
        if len(data) >= _PIECE:
            pieces.append(memoryview(data))
        elif pieces and isinstance(last := pieces[-1], bytearray) and len(last) < _PIECE:
            last += data
        else:
            pieces.append(bytearray(data))

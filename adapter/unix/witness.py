"""What a process can still tell when it cannot speak: the request each of its threads is at, and the stacks it shows.

A file without a name (memfd_create(2)), shared by the process it is about and by the master, which reads it after a death by
whatever signal, or while the process is stuck in C and holds the interpreter's lock: stacks are written by faulthandler, from a
signal's own context. First come cells, one per thread, then text that only grows (O_APPEND).
"""

import faulthandler
import fcntl
import mmap
import os
from signal import Signals
from struct import Struct
from typing import Self

SHOW = Signals.SIGUSR2  # to a worker: show your stacks; it is what uWSGI's workers do on it
CELLS = 1024 + 16  # as many as --threads can be, and some more
_LINE = Struct("120s")  # shortened or padded with NULs to this, in one call of C
_THREAD = Struct("Q")  # pthread_self(3), by which faulthandler names threads; threading.get_ident()
_CELL = _LINE.size + _THREAD.size
_TEXT = -(-CELLS * _CELL // mmap.PAGESIZE) * mmap.PAGESIZE
_MOST = 256 * 1024  # bytes of text that are read: 100 threads of 100 frames are less


class Cell:
    """What one thread is at. Only that thread writes it; a torn line is all that a reader at the wrong moment gets."""

    __slots__ = ("_memory", "_offset")

    def __init__(self, memory: mmap.mmap, offset: int, thread: int) -> None:
        self._memory = memory
        self._offset = offset
        _THREAD.pack_into(memory, offset + _LINE.size, thread)

    def begin(self, line: bytes) -> None:
        """The thread takes up this request; of a longer line the first 120 bytes are kept."""
        _LINE.pack_into(self._memory, self._offset, line)

    def end(self) -> None:
        """It is at nothing any more."""
        self._memory[self._offset] = 0


class Witness:
    """One process'. `fd` is close-on-exec."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self._memory: mmap.mmap | None = None

    @classmethod
    def create(cls) -> Self:
        """A new one, of which nothing is known yet. Raises OSError."""
        fd = os.memfd_create("adapter-witness", os.MFD_CLOEXEC)
        os.ftruncate(fd, _TEXT)  # a hole: cells that nobody writes cost nothing
        fcntl.fcntl(fd, fcntl.F_SETFL, os.O_RDWR | os.O_APPEND)
        return cls(fd)

    def close(self) -> None:
        """Forget it."""
        if self._memory is not None:
            self._memory.close()
        os.close(self.fd)

    # -- in the process it is about ------------------------------------------------------------------------------------

    def attend(self) -> None:
        """From here on a fatal signal writes the stack of each thread here (since Python 3.14 the C stack too).

        To be called again after anything that may have called faulthandler.enable() itself.
        """
        faulthandler.enable(file=self.fd)

    def show_on_request(self) -> None:
        """And SHOW does, without harm. Like any signal it interrupts the system call it finds a thread in (signal(7), EINTR)."""
        faulthandler.unregister(SHOW)  # else, if it is registered, a handler that somebody put in its place since would stay
        faulthandler.register(SHOW, file=self.fd)

    def cell(self, number: int, thread: int) -> Cell:
        """The cell of this thread, which numbers itself from 0 to CELLS - 1."""
        return Cell(self._mapped(), number * _CELL, thread)

    # -- in the master -------------------------------------------------------------------------------------------------

    def requests(self) -> dict[int, str]:
        """What each thread is at, by its ident; those that are at nothing left out. Raw: it may hold any character."""
        memory = self._mapped()
        found: dict[int, str] = {}
        for offset in range(0, CELLS * _CELL, _CELL):
            (thread,) = _THREAD.unpack_from(memory, offset + _LINE.size)
            if thread == 0:
                break  # threads number themselves in the order they start
            if memory[offset]:
                (line,) = _LINE.unpack_from(memory, offset)
                found[thread] = line.rstrip(b"\0").decode("latin-1")
        return found

    def take_stacks(self) -> str:
        """What faulthandler has written since the last time."""
        written = os.fstat(self.fd).st_size - _TEXT
        if written <= 0:
            return ""
        text = os.pread(self.fd, min(written, _MOST), _TEXT)
        os.ftruncate(self.fd, _TEXT)
        return text.decode(errors="replace") + ("\n[…]\n" if written > _MOST else "")

    def _mapped(self) -> mmap.mmap:
        if self._memory is None:
            self._memory = mmap.mmap(self.fd, _TEXT)
        return self._memory


def show_on_stderr() -> None:
    """From here on stacks go to descriptor 2: nobody reads the witness any more, or we are somebody else's child by now."""
    faulthandler.enable(file=2)
    faulthandler.register(SHOW, file=2)

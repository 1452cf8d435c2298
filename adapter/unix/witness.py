"""What a process can still tell when it cannot speak: the request each of its threads took up last, and the stacks it shows.

A file without a name (memfd_create(2)), shared by the process it is about and by the master, which reads it after a death by
whatever signal, or while the process is stuck in C and holds the interpreter's lock: stacks are written by faulthandler, from a
signal's own context. First come cells, one per thread, then text that only grows (O_APPEND).
"""

import faulthandler
import fcntl
import mmap
import os
from collections.abc import Callable
from functools import partial
from itertools import count
from signal import Signals
from struct import Struct
from typing import Self

SHOW = Signals.SIGRTMAX  # no library and no application is known to want it
CELLS = 1024 + 16  # as many as --threads can be, and some more
_LINE = Struct("120s")  # shortened or padded with NULs to this, in one call of C
_THREAD = Struct("Q")  # pthread_self(3), by which faulthandler names threads; threading.get_ident()
_CELL = _LINE.size + _THREAD.size
_TEXT = -(-CELLS * _CELL // mmap.PAGESIZE) * mmap.PAGESIZE
_MOST = 256 * 1024  # bytes of text that are read: 100 threads of 100 frames are less


class Cells(dict[int, Callable[[bytes], None]]):
    """By a thread's ident: how that thread notes the request it takes up, of which the first 120 bytes are kept. One dict look-up and
    one call of C, since every request pays for it; so what is noted stays when the request is over.

    A thread gets a cell when it first asks. Only that thread writes it; a torn line is all that a reader at the wrong moment gets.
    """

    def __init__(self, memory: mmap.mmap | None = None) -> None:
        super().__init__()
        self._memory = memory
        self._numbers = count()

    def __missing__(self, thread: int) -> Callable[[bytes], None]:
        """The first time; without memory, or room in it, nothing is noted."""
        number = next(self._numbers)
        note: Callable[[bytes], None] = _nothing
        if self._memory is not None and number < CELLS:
            offset = number * _CELL
            _THREAD.pack_into(self._memory, offset + _LINE.size, thread)
            note = partial(_LINE.pack_into, self._memory, offset)
        self[thread] = note
        return note


def _nothing(_line: bytes) -> None:
    pass


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
        """And SHOW does. Only for a process that is stuck in C: threads that run meanwhile may change what is being looked at, and
        that has killed processes. Like any signal it interrupts the system call it finds a thread in (signal(7), EINTR).
        """
        faulthandler.unregister(SHOW)  # else, if it is registered, a handler that somebody put in its place since would stay
        faulthandler.register(SHOW, file=self.fd)

    def tell(self, text: str) -> None:
        """Leave this, as faulthandler would; lost where there is no memory for it."""
        try:
            os.write(self.fd, text.encode(errors="replace"))
        except OSError:
            return

    def cells(self) -> Cells:
        """Those of its threads."""
        return Cells(self._mapped())

    # -- in the master -------------------------------------------------------------------------------------------------

    def requests(self) -> dict[int, str]:
        """What each thread took up last, by its ident. Raw: it may hold any character."""
        memory = self._mapped()
        found: dict[int, str] = {}
        for offset in range(0, CELLS * _CELL, _CELL):
            (thread,) = _THREAD.unpack_from(memory, offset + _LINE.size)
            if thread == 0:
                break  # cells are given in their order
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
    faulthandler.unregister(SHOW)

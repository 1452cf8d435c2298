"""Stop or restart? A supervisor sends TERM for both; daemontools and runit tell which in `supervise/status` (--restart-in-place).

When they tell it differs, and that is all the difficulty (seen with strace, daemontools 0.76, runit 2.1.2):

- runsv writes `d` (want down) before it sends TERM: what the file says once TERM is here is what is wanted.
- supervise sends TERM, then CONT, and writes `d` only then: TERM may be here before the file says so. But it says so in the
  end, and writes `d` for no other reason; so whenever the file comes to say it, we stop, also in the midst of a reload.
- Neither writes anything for a TERM alone (`svc -t`, `sv term`), and nobody who wants us up waits for us to be gone.

`svc -o` and `sv once` send nothing: the next end is to be the last, so the next TERM is a stop.
"""

from enum import Enum
from typing import NamedTuple

from adapter.lifecycle.commands import Command

_DAEMONTOOLS, _RUNIT = 18, 20  # bytes of supervise/status: a TAI64N label, the pid, paused, want; runit's has two more
_PID = slice(12, 16)
_WANT = 17


class Want(Enum):
    """What the supervisor wants of the process with our id."""

    UP = "up"
    DOWN = "down"
    ONCE = "down, once it has ended"
    UNKNOWN = "unknown"


class Told(NamedTuple):
    """What `supervise/status` says of us. `late`: it is written after the signal has been sent."""

    want: Want
    late: bool = False


def told(status: bytes, pid: int) -> Told:
    """Read it. Neither program's, or about another process: UNKNOWN."""
    if len(status) not in (_DAEMONTOOLS, _RUNIT) or int.from_bytes(status[_PID], "little") != pid:
        return Told(Want.UNKNOWN)
    late = len(status) == _DAEMONTOOLS
    match status[_WANT : _WANT + 1]:
        case b"u":
            return Told(Want.UP, late)
        case b"d":
            return Told(Want.DOWN, late)
        case b"\0" if late:
            return Told(Want.ONCE, late)
        case _:
            return Told(Want.UNKNOWN, late)


def terminated(status: bytes, pid: int) -> Command:
    """TERM has come, and this is what the file says now."""
    return Command.RELOAD if told(status, pid).want is Want.UP else Command.STOP


def rewritten(status: bytes, pid: int) -> Command:
    """The file was written anew, or we are a new image and see what it says: is it a stop whose TERM we took for a restart?

    Only where the word comes late; runsv writes `d` also for `sv once`, without a TERM.
    """
    return Command.STOP if told(status, pid) == Told(Want.DOWN, late=True) else Command.NOTHING

"""Signals as things to read: the handler only writes a byte (set_wakeup_fd), the loop reads signals from a descriptor.

What does not work: signalfd(2), since children would inherit a blocked mask that every exec must undo; handlers that do the
work, since they run between any two bytecodes. See signal(7), and the comment in trio's `_signals.py` for the same choice.
"""

import signal
from collections.abc import Collection
from signal import Signals

from adapter.unix.traps import Bell, nothing

_INTERRUPT = Signals.SIGRTMIN


class Trap(Bell):
    """The same, by name."""

    def read(self) -> list[Signals]:
        """The signals since the last call, in order."""
        return [Signals(number) for number in self.heard()]


def deafen(signals: Collection[Signals]) -> None:
    """Let these pass by us, but not by the programs we start: a handler that does nothing is reset by exec, SIG_IGN is not."""
    for each in signals:
        signal.signal(each, nothing)
        signal.siginterrupt(each, False)


def be_interruptible() -> None:
    """Let `interrupt` end the system call a thread is in. Its own signal: no terminal and no stranger sends it, and each other one
    of ours has a system call go on (SA_RESTART), since libraries break that do not expect EINTR.
    """
    signal.signal(_INTERRUPT, nothing)
    signal.siginterrupt(_INTERRUPT, True)


def interrupt(thread: int) -> None:
    """End the system call that this thread of ours (threading.get_ident) is in: EINTR. Python's own calls then go on (PEP 475)."""
    signal.pthread_kill(thread, _INTERRUPT)


def block(signals: Collection[Signals]) -> None:
    """Hold these back; they stay pending, also across execve(2)."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)


def unblock(signals: Collection[Signals]) -> None:
    """Let these through, pending ones at once."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)


def block_all() -> set[signal.Signals | int]:
    """Hold everything back (around fork); returns the mask to put back."""
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()))


def restore(mask: Collection[signal.Signals | int]) -> None:
    """Put a mask back."""
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)

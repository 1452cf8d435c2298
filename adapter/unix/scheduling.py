"""Whose turn on the processor comes how soon: sched_setattr(2), which libc has no word for on most systems."""

import ctypes
import os
import sys
from struct import Struct
from typing import NamedTuple

_SET = {"x86_64": 314, "aarch64": 274, "riscv64": 274, "ppc64le": 355, "s390x": 345}
"""Numbers of the system call, by machine, for programs of 64 bits; sched_getattr(2) comes next."""
_ATTR = Struct("=IIQiIQQQ")  # sched_attr: size, policy, flags, nice, priority, runtime, deadline, period
_RESET_ON_FORK = 1
_SHORT = 300_000  # nanoseconds: a status of four workers takes about as long


class Turns(NamedTuple):
    """How a thread is scheduled. `turn`: how long it runs before others may, in nanoseconds; 0: this kernel does not say."""

    policy: int
    nice: int
    turn: int


def take_short_turns() -> bool:
    """Have this thread run soon after it wakes up, however busy others keep the processor: since Linux 6.12 who asks for short turns gets
    the next one sooner, and no more of them. No right is needed, and children are as they would have been. False: nothing was changed.

    Left alone is whoever has been given another policy (chrt(1), CPUSchedulingPolicy=), or a negative nice value, which our children
    are to inherit.
    """
    number, nice = _number(), os.getpriority(os.PRIO_PROCESS, 0)
    if number is None or nice < 0 or os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK != os.SCHED_OTHER:
        return False
    wish = _ATTR.pack(_ATTR.size, os.SCHED_OTHER, _RESET_ON_FORK, nice, 0, _SHORT, 0, 0)
    return bool(ctypes.CDLL(None).syscall(ctypes.c_long(number), 0, wish, 0) == 0)


def turns(pid: int) -> Turns | None:
    """How this thread is scheduled; None when the kernel does not tell."""
    number = _number()
    told = ctypes.create_string_buffer(_ATTR.size)
    if number is None or ctypes.CDLL(None).syscall(ctypes.c_long(number + 1), pid, told, _ATTR.size, 0) != 0:
        return None
    _, policy, _, nice, _, turn, _, _ = _ATTR.unpack(told)
    return Turns(policy, nice, turn)


def _number() -> int | None:
    return _SET.get(os.uname().machine) if sys.maxsize > 1 << 32 else None  # a program of 32 bits has other numbers

"""What /proc says about a tree of processes (proc(5))."""

import os
from pathlib import Path
from typing import NamedTuple

_TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; empty when it is gone. The second, the name, may contain anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def tree(root: int) -> list[int]:
    """The process and all below it, parents first."""
    below: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := _stat(int(name))):
            below.setdefault(int(fields[1]), []).append(int(name))
    found = [root]
    for pid in found:
        found.extend(below.get(pid, []))
    return found


def cpu(root: int) -> float:
    """Seconds of processor time, user and system, that the tree has used, with the children it has waited for."""
    return sum(sum(int(field) for field in fields[11:15]) for pid in tree(root) if (fields := _stat(pid))) / _TICKS


def pss(root: int) -> dict[int, int]:
    """Bytes of memory of each process of the tree; what is shared counts by share (PSS)."""
    sizes = {}
    for pid in tree(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        sizes[pid] = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
    return sizes


def nanoseconds(pid: int) -> int:
    """Of processor time that the threads of one process have had which it still has: finer than `cpu`."""
    return sum(int(Path(each, "schedstat").read_text().split()[0]) for each in Path(f"/proc/{pid}/task").iterdir())


class Scheduled(NamedTuple):
    """Nanoseconds that a thread has run, and that it has waited for a processor while it wanted to."""

    ran: int
    waited: int


def scheduled(thread: int) -> Scheduled:
    """Of this thread so far; what it runs just now counts when it is over."""
    ran, waited, _ = Path("/proc", str(thread), "schedstat").read_text().split()
    return Scheduled(int(ran), int(waited))

"""How many processors we may use: the affinity mask, and the quota of our control group when that is smaller."""

import math
import os
from pathlib import Path


def usable(proc: Path = Path("/proc"), groups: Path = Path("/sys/fs/cgroup")) -> int:
    """At least 1. A container with a quota of 1.5 processors on a machine of 64 gets 2."""
    return max(1, min(len(os.sched_getaffinity(0)), _quota(proc, groups)))


def _quota(proc: Path, groups: Path) -> int:
    """cgroup v2: our own group's `cpu.max`, "max 100000" or "150000 100000". Unreadable means unlimited."""
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
        own = next(line.removeprefix("0::/") for line in lines if line.startswith("0::/"))
        quota, period = (groups / own / "cpu.max").read_text().split()
        return math.ceil(int(quota) / int(period))
    except (OSError, ValueError, StopIteration, ZeroDivisionError):
        return 1 << 20

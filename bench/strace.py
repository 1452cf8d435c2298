"""strace(1), which counts the system calls of a tree of processes while something is done to it."""

import re
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import proc


def read(text: str) -> dict[str, int]:
    """Calls by name, of the table that `strace -c` writes."""
    rows = (line.split() for line in text.splitlines())
    # % time, seconds, usecs/call, calls, errors (may be missing), name
    return {row[-1]: int(row[3]) for row in rows if len(row) in {5, 6} and row[3].isdigit() and row[-1] != "total"}


def count(root: int, work: Callable[[], None]) -> dict[str, int]:
    """What the tree of `root` calls, by name, while `work` runs. OSError: strace is missing or may not attach."""
    with tempfile.NamedTemporaryFile() as table:
        pids = [word for pid in proc.tree(root) for word in ("-p", str(pid))]
        traced = subprocess.Popen(["strace", "-f", "-c", "-o", table.name, *pids], stderr=subprocess.PIPE, text=True)
        assert traced.stderr
        with traced.stderr:
            waiting = set(pids[1::2])
            while waiting:
                line = traced.stderr.readline()
                if not line or "Operation not permitted" in line:
                    traced.kill()
                    traced.wait()
                    raise OSError(f"strace cannot attach to {', '.join(sorted(waiting))}: {line.strip()}")
                waiting -= set(re.findall(r"Process (\d+) attached", line))
            work()
            traced.send_signal(signal.SIGINT)
            traced.stderr.read()
        traced.wait()
        return read(Path(table.name).read_text())

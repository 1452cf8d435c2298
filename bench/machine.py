"""What the figures were measured on."""

import datetime as dt
import os
import platform
import subprocess
from pathlib import Path


def facts(python: Path) -> dict[str, str]:
    """Processor, cores, memory, kernel, Python, date, and how busy it was before we began."""
    model = next(
        (row.partition(":")[2].strip() for row in _lines("/proc/cpuinfo") if row.startswith("model name")), platform.machine()
    )
    memory = next((int(row.split()[1]) for row in _lines("/proc/meminfo") if row.startswith("MemTotal")), 0)
    said = subprocess.run([python, "-VV"], capture_output=True, text=True, check=True).stdout
    virtual = (
        " (virtual machine)" if any(" hypervisor" in row for row in _lines("/proc/cpuinfo") if row.startswith("flags")) else ""
    )
    cores = len(os.sched_getaffinity(0))
    return {
        "placing": "The server has one core, the load another." if cores > 1 else "Server and load share the only core.",
        "processor": f"{model}, {os.cpu_count()} cores{virtual}",
        "memory": f"{memory / 1024 / 1024:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": " ".join(said.split()[:2]),
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()

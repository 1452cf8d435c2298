"""How soon a control command is answered while the workers are saturated: N questions (default 500), one after the other.

    .venv/bin/python -m bench.control [N]

The strict client keeps 16 connections busy meanwhile. Times are milliseconds, connecting not included; `statistics` is a command
that goes through the master's mind, `status` the whole record. The control socket's client competes for the processor, too.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from kit.commands import Line
from kit.load import Load
from kit.server import Adapter

_SOON = 5  # milliseconds in which an operator's command is to be answered


def measured(control: Path, command: str, questions: int) -> list[float]:
    """Milliseconds from question to answer, sorted."""
    times = []
    with Line(control) as line:
        for _ in range(questions):
            began = time.monotonic()
            line.ask(command)
            times.append((time.monotonic() - began) * 1000)
    return sorted(times)


def main(questions: int) -> None:
    """Print medians and extremes."""
    with Adapter("exact.py", "--workers=2", "--control=control") as server:
        address, control = server.address, server.directory / "control"
        server.wait_for("adapter: info: serving generation=")
        for name, load in (("idle", None), ("saturated", Load(address, keepalive=16, fresh=0, idle=0, slow=0, halting=0))):
            if load is not None:
                load.__enter__()
            for command in ("statistics", "status"):
                times = measured(control, command, questions)
                p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
                soon = sum(each <= _SOON for each in times) / len(times)
                print(
                    f"{name:9} {command:10} p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  longest {times[-1]:6.2f} ms  {soon:6.1%} within {_SOON} ms"
                )
            if load is not None:
                print(f"{load.stop().ok} right answers meanwhile")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)

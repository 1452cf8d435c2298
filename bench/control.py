"""How soon a control command is answered while the workers are saturated: N questions (default 500), one after the other.

    .venv/bin/python -m bench.control [N [PAUSE]]

The strict client keeps 16 connections busy meanwhile. Times are milliseconds, connecting not included; `statistics` is a command
that goes through the master's mind, `status` the whole record. Before each question we pause, PAUSE on average (default 10): with 0
the master works all the time, and so is one of those who have to share the processors, as no operator makes it.

Told is what the asker saw, and of it what is the master's own by the kernel's account (/proc/PID/schedstat): how long it waited for
a processor and how long it ran, from one question to the next. The rest is the asker's own wait for a processor.
"""

import sys
import time
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench.proc import scheduled
from kit.commands import Line
from kit.load import Load
from kit.server import Adapter

_SOON = 5  # milliseconds in which an operator's command is to be answered


class Answer(NamedTuple):
    """Milliseconds: what the asker saw; what the master waited and ran for it."""

    seen: float
    waited: float
    ran: float


def measured(control: Path, command: str, questions: int, pause: float, master: int) -> list[Answer]:
    """One for each question."""
    answers, pauses = [], Random(1)  # noqa: S311 -- only never in step
    with Line(control) as line:
        for _ in range(questions):
            time.sleep(pauses.random() * pause * 2 / 1000)
            before, began = scheduled(master), time.monotonic()
            line.ask(command)
            seen, after = time.monotonic() - began, scheduled(master)
            answers.append(Answer(seen * 1000, (after.waited - before.waited) / 1e6, (after.ran - before.ran) / 1e6))
    return answers


def told(answers: list[Answer]) -> str:
    """One line."""
    seen, waited = sorted(each.seen for each in answers), sorted(each.waited for each in answers)
    middle, late = len(answers) // 2, len(answers) * 99 // 100
    soon = sum(each <= _SOON for each in seen) / len(answers)
    own = sum(each.waited + each.ran <= _SOON for each in answers) / len(answers)
    ran = sum(each.ran for each in answers) / len(answers)
    return (
        f"p50 {seen[middle]:6.2f} ms  p99 {seen[late]:6.2f} ms  longest {seen[-1]:6.2f} ms  {soon:6.1%} within {_SOON} ms | "
        f"the master ran {ran:.2f} ms, waited p50 {waited[middle]:.2f} p99 {waited[late]:.2f}: {own:6.1%} within {_SOON} ms"
    )


def main(questions: int, pause: float) -> None:
    """Print medians and extremes."""
    with Adapter("exact.py", "--workers=2", "--control=control") as server:
        address, control = server.address, server.directory / "control"
        server.wait_for("adapter: info: serving generation=")
        for name, load in (("idle", None), ("saturated", Load(address, keepalive=16, fresh=0, idle=0, slow=0, halting=0))):
            if load is not None:
                load.__enter__()
            for command in ("statistics", "status"):
                print(f"{name:9} {command:10} {told(measured(control, command, questions, pause, server.process.pid))}")
            if load is not None:
                print(f"{load.stop().ok} right answers meanwhile")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500, float(sys.argv[2]) if len(sys.argv) > 2 else 10)  # noqa: PLR2004 -- words

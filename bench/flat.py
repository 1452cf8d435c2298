"""Whether the master stays as it was: its memory and its descriptors over N reloads (default 1000), each one by `execve()`.

    .venv/bin/python -m bench.flat [N]

Between two lines lie N/10 reloads. The master is small, so what it shares with the workers (PSS) depends a little on how many there are.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from bench.proc import pss
from kit.commands import Line
from kit.server import Adapter

_MOST = 12  # megabytes that a master may need
_GROWTH = 0.3  # and what two looks differ by, since what it shares with others is counted in part
_DOORS = (
    "--control=control",
    "--fifo=fifo",
    "--pidfile=pid",
    "--stats=127.0.0.1:0",
    "--metrics=127.0.0.1:0",
    "--touch-reload=touch",
)


class Look(NamedTuple):
    """At the master, after so many reloads."""

    reloads: int
    memory: float  # megabytes, PSS
    descriptors: int

    def __str__(self) -> str:
        return f"{self.reloads:5} reloads  {self.memory:6.2f} MB  {self.descriptors} descriptors"


def verdict(looks: Sequence[Look]) -> list[str]:
    """What is wrong with it, by the least of each half: at some looks there is still a worker of the former generation. The first look,
    before any reload, is another life: later images have read a carryover.
    """
    former, latter = looks[1 : len(looks) // 2 + 1], looks[len(looks) // 2 + 1 :]
    wrong = []
    growth = min(each.memory for each in latter) - min(each.memory for each in former)
    if growth > _GROWTH:
        wrong.append(f"the second half needs {growth:.2f} MB more than the first")
    if max(each.memory for each in looks) >= _MOST:
        wrong.append(f"more than {_MOST} MB")
    lost = min(each.descriptors for each in latter) - min(each.descriptors for each in former)
    if lost > 0:
        wrong.append(f"{lost} descriptors more in the second half")
    return wrong


def main(reloads: int) -> int:
    """Print what it weighs and holds open, now and then; 1 when it does not stay as it was."""
    looks = []
    began = time.monotonic()
    with Adapter("hello.py", "--workers=2", *_DOORS) as server:
        pid = server.process.pid
        server.wait_for("adapter: info: serving generation=")
        for done in range(reloads + 1):
            if done % max(1, reloads // 10) == 0:
                with Line(server.directory / "control") as line:
                    assert line.ask("status")["ok"]
                looks.append(Look(done, pss(pid)[pid] / 1e6, len(os.listdir(f"/proc/{pid}/fd"))))
                print(looks[-1], flush=True)
            if done < reloads:
                server.reload()
    wrong = verdict(looks)
    print(
        f"{reloads} reloads in {time.monotonic() - began:.0f} s: {'; '.join(wrong) or f'flat, below {_MOST} MB, no descriptor lost'}"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))

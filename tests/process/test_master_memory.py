"""The master stays small: whatever happens to it, it ends up as large as it was."""

import re
from pathlib import Path
from signal import SIGALRM, SIGHUP

import pytest

from kit.asked import talk
from kit.commands import Line, reload
from kit.server import Adapter

METRICS = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"


def anonymous(pid: int) -> int:
    """Its memory in KiB that is of no file (proc(5), smaps_rollup: Anonymous): what it has of libraries depends on who has them, too."""
    found = re.search(r"^Anonymous: +(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


@pytest.mark.parametrize("number", [SIGHUP, SIGALRM])
def test_reloads_and_questions_cost_no_memory(number: int) -> None:
    """After eight more reloads, with a status and metrics told after each, the master is no larger than after the first four."""
    with Adapter("hello.py", "--workers=2", "--control=control", "--metrics=127.0.0.1:0") as server:
        server.wait_for("adapter: info: serving generation=")
        metrics = server.wait_for("adapter: info: publishing option=--metrics ")["address"]
        sizes = []
        for _ in range(3):
            for _ in range(4):
                reload(server, number)
                with Line(server.directory / "control") as line:
                    assert line.ask("status")["ok"]
                assert talk(metrics, METRICS).startswith(b"HTTP/1.1 200 ")
            sizes.append(anonymous(server.process.pid))
        assert min(sizes[1:]) < sizes[0] + 300, f"{sizes}"

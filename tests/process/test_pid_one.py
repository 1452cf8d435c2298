"""The master as process 1 of a PID namespace, as in a container without an init: it reaps strangers, hears TERM, and is in time."""

import os
import re
import time
from pathlib import Path
from signal import SIGTERM

from kit.asked import Asked
from kit.server import PROGRAM, Adapter
from kit.until import until

_PATIENCE = 10  # seconds: docker stop
_USER = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
UNSHARE = ("unshare", *_USER, "--pid", "--fork", "--mount-proc", "--kill-child")


class Contained(Adapter):
    """adapter as process 1; `master` is its process id outside."""

    def __init__(self, *words: str) -> None:
        super().__init__(*words)
        self.program = (*UNSHARE, *PROGRAM)

    @property
    def master(self) -> int:
        """The one child of unshare."""
        (child,) = children(self.process.pid)
        return child

    def __exit__(self, kind, error, trace) -> None:
        # unshare itself ignores TERM while it waits; its child is the one to be asked.
        if kind is None and self.process.running:
            os.kill(self.master, SIGTERM)
            assert self.process.exit_code() == 0
        super().__exit__(kind, error, trace)


def children(pid: int) -> list[int]:
    """The children of all threads of a process."""
    return [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]


def state(pid: int) -> str:
    """R, S, Z…; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_strangers_are_reaped():
    """Ten orphans of an application's own die: none stays a zombie, the workers are the same, and the log complains of nobody."""
    with Contained("orphans.py", "--workers=2") as server:
        address = server.address
        (inside,) = re.findall(r"^NSpid:.*\t(\d+)$", Path(f"/proc/{server.master}/status").read_text(), re.MULTILINE)
        assert inside == "1"
        before = set(children(server.master))
        for _ in range(10):
            assert Asked(address, "/").answer()[0] == 200
        # It may have had others before, whom it reaped meanwhile: those between it and its workers.
        until(lambda: {each: state(each) for each in set(children(server.master)) - before}, lambda left: not left)
        assert "died" not in "\n".join(server.log.all())


def test_term_is_heard_in_time():
    """TERM to process 1, a request in flight: it is answered, the exit code is 0, and `docker stop` need not kill."""
    with Contained("slow.py") as server:
        slow = Asked(server.address, "/slow?seconds=1")
        server.wait_for("^slow: begun")
        begun = time.monotonic()
        os.kill(server.master, SIGTERM)
        assert slow.answer() == (200, b"slow\n")
        assert server.process.exit_code() == 0
        assert time.monotonic() - begun < _PATIENCE


def test_a_request_that_hangs_is_cut_in_time():
    """TERM, and a request that would last for ever: the default drain ends before Docker's ten seconds do."""

    def took() -> float:
        with Contained("slow.py") as server:
            stuck = Asked(server.address, "/slow?seconds=600")
            server.wait_for("^slow: begun")
            begun = time.monotonic()
            os.kill(server.master, SIGTERM)
            assert stuck.is_cut()
            server.process.exit_code()
            return time.monotonic() - begun

    # Two seconds are enough, unless the machine does not let it run: then it is tried again.
    assert any(took() < _PATIENCE for _ in range(3))

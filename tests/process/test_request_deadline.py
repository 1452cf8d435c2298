"""--request-timeout: a call that does not come back is given up, and only that call."""

import http.client
import os
import re
import time
from pathlib import Path

import pytest

from kit.asked import Asked
from kit.commands import answer
from kit.server import Adapter, wait_until_gone


def gated(*options: str) -> Adapter:
    """A server of gated.py, not started yet."""
    server = Adapter("gated.py", *options)
    os.mkfifo(server.directory / "gate")
    return server


@pytest.mark.parametrize("threads", [1, 4])
def test_the_client_gets_504_and_the_worker_is_relieved(threads: int) -> None:
    """The log has the request, and the stack of the thread that runs it; another worker is ready before the stuck one goes."""
    with gated("--request-timeout=500ms", f"--threads={threads}") as server:
        address = server.address
        asked = Asked(address, "/gated")
        assert asked.answer()[0] == 504
        said = server.wait_for('adapter: error: request past its deadline .*request="GET /gated"')
        assert 0.5 <= float(said["seconds"]) < 60
        server.wait_for("which runs it")
        server.wait_for("GATE.read_bytes")
        server.wait_for('adapter: warning: a worker with a stuck request will be relieved request="GET /gated"')
        server.wait_for("adapter: info: gone how=.* worker=1 ")
        lines = server.log.all()
        ready, gone = (next(at for at, line in enumerate(lines) if said in line) for said in ("ready worker=2 ", "gone how="))
        assert ready < gone
        assert Asked(address, "/").answer() == (200, b"gated\n")


def test_its_neighbours_are_not_disturbed() -> None:
    """A connection that the stuck worker holds, too, is served on: no reset, no close, while the worker is replaced."""
    with gated("--request-timeout=500ms", "--threads=2") as server:
        host, _, port = server.address.rpartition(":")
        (first,) = server.ready()
        neighbour = http.client.HTTPConnection(host, int(port))
        neighbour.request("GET", "/")
        assert neighbour.getresponse().read() == b"gated\n"
        wire = neighbour.sock
        assert Asked(server.address, "/gated").answer()[0] == 504
        wait_until_gone(first.pid)
        neighbour.request("GET", "/")
        assert neighbour.getresponse().read() == b"gated\n"
        assert neighbour.sock is wire
        neighbour.close()


def test_a_response_that_has_begun_is_cut() -> None:
    """There is no second answer after a first has begun."""
    server = Adapter("begins.py", "--request-timeout=500ms")
    os.mkfifo(server.directory / "gate")
    with server:
        assert Asked(server.address, "/").is_cut()
        server.wait_for('adapter: error: request past its deadline .*request="GET /"')


def test_a_call_may_ask_for_more_time() -> None:
    """environ["adapter.extend_deadline"](seconds): what is announced to take long may."""
    with Adapter("extends.py", "--request-timeout=300ms") as server:
        assert Asked(server.address, "/?more=60&seconds=1").answer() == (200, b"done\n")
        assert Asked(server.address, "/?more=0&seconds=60").answer()[0] == 504


def test_a_call_that_holds_the_interpreters_lock() -> None:
    """No thread of its worker can run to notice: the master does, shows where it is, and ends it when another is ready in its slot;
    also when it has become another image since.
    """
    with Adapter("stuck.py", "--workers=1", "--request-timeout=300ms") as server:
        address = server.address
        assert answer(address) == b"free\n"
        (first,) = server.ready()
        app = server.directory / "stuck.py"
        good = app.read_text()
        server.write("stuck.py", "bad(")
        server.refuse_reload()
        server.write("stuck.py", good)
        asked = Asked(address, "/stuck")
        server.log.wait_for("stuck: begun")
        server.wait_for(rf"adapter: error: a call holds the interpreter's lock past its deadline .*pid={first.pid}")
        server.wait_for(r"adapter: info: traceback worker=1 .*request=/stuck")
        server.log.wait_for(r'adapter: \|   File ".*stuck\.py", line \d+ in application')
        assert asked.is_cut()
        wait_until_gone(first.pid)
        server.wait_for(r"adapter: info: gone how=.*SIGABRT\)\" request=/stuck worker=1")
        lines = server.log.all()
        ready, killed = (
            next(at for at, line in enumerate(lines) if said in line) for said in ("ready worker=2 ", "error: killed: ")
        )
        assert ready < killed
        assert answer(address) == b"free\n"


def test_a_worker_at_rest_has_no_deadline() -> None:
    """However calls ended, quick or handed on, together or in turn: nothing is left that would wake the master for an idle worker."""
    with Adapter("slow.py", "--workers=1", "--threads=2", "--request-timeout=60s") as server:
        address = server.address
        (worker,) = server.ready()
        timer = Path(f"/proc/{worker.pid}/fdinfo") / timer_of(worker.pid)
        for _ in range(5):
            together = [Asked(address, f"/?seconds={seconds}") for seconds in (0, 0.02, 0.06, 0)]
            assert {each.answer()[0] for each in together} == {200}
            deadline = time.monotonic() + 60
            while "it_value: (0, 0)" not in timer.read_text():
                assert time.monotonic() < deadline
                time.sleep(0.005)  # nothing tells of a timer that is taken back


def timer_of(pid: int) -> str:
    """The descriptor of its timer."""
    descriptors = Path(f"/proc/{pid}/fd")
    return next(each.name for each in descriptors.iterdir() if re.match("anon_inode:.timerfd", os.readlink(each)))

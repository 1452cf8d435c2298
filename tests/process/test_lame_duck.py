"""--lame-duck and --health-path: load balancers are told to look elsewhere before anybody is turned away."""

import os
from signal import SIGHUP, SIGKILL, SIGTERM

from kit.asked import Asked
from kit.commands import Line, adapter, settled, status
from kit.server import Adapter, wait_until_gone

OPTIONS = ("--workers=2", "--lame-duck=6", "--health-path=/-/ready", "--control=control")


def test_it_serves_on_while_readiness_says_no() -> None:
    """After TERM all is served for so long, by its health path it is not ready; then we stop, with 0, and say what we did."""
    with Adapter("hello.py", *OPTIONS) as server:
        address = server.address
        assert Asked(address, "/-/ready").answer() == (200, b"ready\n")
        server.signal(SIGTERM)
        server.wait_for("adapter: info: lame duck: serving on, though not ready any more seconds=6")
        settled(server)
        assert Asked(address, "/").answer() == (200, b"hello\n")
        assert Asked(address, "/-/ready").answer() == (503, b"not ready\n")
        assert server.process.exit_code() == 0


def test_who_dies_meanwhile_is_replaced_by_a_lame_duck() -> None:
    """The status says not ready; a new worker serves, and says so too; a second TERM, a reload and a rollback change nothing."""
    with Adapter("hello.py", "--workers=1", "--lame-duck=60", "--health-path=/-/ready", "--control=control") as server:
        address = server.address
        (first,) = server.ready()
        assert adapter("status", "control", "--ready", cwd=server.directory).returncode == 0
        server.signal(SIGTERM)
        server.wait_for("adapter: info: lame duck")
        assert adapter("status", "control", "--ready", cwd=server.directory).returncode == 1
        os.kill(first.pid, SIGKILL)
        wait_until_gone(first.pid)
        server.wait_for("adapter: info: ready worker=2 ")
        assert Asked(address, "/-/ready").answer() == (503, b"not ready\n")
        mark = server.signal(SIGTERM)
        server.signal(SIGHUP)
        server.wait_for("adapter: warning: not reloading: we are stopping", since=mark)
        with Line(server.directory / "control") as line:
            assert line.ask("rollback", wait=True)["error"] == "the server was asked to stop"
        assert status(server)["lame_duck"]
        with Line(server.directory / "control") as line:
            line.ask("stop-now")
        assert server.process.exit_code() == 0


def test_health_costs_the_application_nothing() -> None:
    """Only that very path is ours."""
    with Adapter("environment.py", "--health-path=/-/ready") as server:
        assert Asked(server.address, "/-/ready").answer() == (200, b"ready\n")
        for path in ("/-/ready/", "/-", "/"):
            assert Asked(server.address, path).answer()[1].startswith(b"{")

"""What one server on the listener of a super-server promises, whoever that is. Each takes `start`, which makes a site."""

import os
from collections.abc import Callable
from signal import SIGTERM

from kit.inetd import Site
from kit.load import Load
from kit.releases import until_only
from kit.server import wait_until_gone

Start = Callable[..., Site]


def a_stopped_server_is_started_again(start: Start) -> None:
    """2 x TERM to the server under load: 0 failed of all, nobody refused, and the new release serves as a new process."""
    with start("exact.py") as site, Load(site.address) as load:
        for version in (2, 3):
            pid = site.pid
            site.deploy("exact.py", version)
            os.kill(pid, SIGTERM)
            wait_until_gone(pid)
            load.lap()
            assert load.lap() == {str(version)}
            assert site.pid != pid
        report = load.stop()
        assert report.failed == 0, str(report)


def a_reload_keeps_the_process(start: Start) -> None:
    """`adapter reload --wait` under load, of a good release and of a broken one: 0 failed of all, one PID."""
    with start("exact.py") as site, Load(site.address) as load:
        pid, control = site.pid, str(site.directory / "log" / "shop.control")
        site.deploy("exact.py", 2)
        reloaded = site.adapter("reload", control, "--wait")
        assert reloaded.returncode == 0, f"{reloaded}"
        until_only("2", load)
        site.deploy("syntax_error.broken", 3)
        refused = site.adapter("reload", control, "--wait")
        assert refused.returncode != 0
        assert "SyntaxError" in refused.stderr
        assert load.lap() == {"2"}
        report = load.stop()
        assert report.failed == 0, str(report)
        assert site.pid == pid


def an_idle_server_leaves_and_comes_back(start: Start) -> None:
    """The client comes again while the server is about to leave (--idle-exit), again and again: 0 failed of all."""
    changed = {"5m": "100ms", "60s": "60s --keepalive-timeout=0"}
    with start("exact.py", changed=changed) as site:
        with Load(site.address, keepalive=0, fresh=0, idle=1, slow=0, halting=0, idle_pause=0.2) as load:
            mark = 0
            for _ in range(4):
                site.log.wait_for("adapter: info: stopped code=0", since=mark)
                mark = site.log.mark()
                load.lap()
            report = load.stop()
        assert report.failed == 0, str(report)
        assert report.close_said == report.ok


def the_listener_is_no_place_to_write(start: Start) -> None:
    """What the application prints is in the log, though descriptors 1 and 2 came as the listener, where whoever writes dies."""
    with start("printing.py") as site:
        assert site.ask("/").answer() == (200, b"hello\n")
        for line in ("printed to stdout at import", "printed to stderr at import", "written to fd 1 at request"):
            site.log.wait_for(line)


def an_orphan_serves_until_it_is_idle(start: Start) -> None:
    """The super-server ends and leaves the server behind, listener and all: it serves on, and leaves when nobody asks any more."""
    with start("hello.py", changed={"5m": "1s"}) as site:
        assert site.ask("/").answer() == (200, b"hello\n")
        site.stop()
        assert site.ask("/").answer() == (200, b"hello\n")
        site.process.wait_alone()


ALL = (
    a_stopped_server_is_started_again,
    a_reload_keeps_the_process,
    an_idle_server_leaves_and_comes_back,
    the_listener_is_no_place_to_write,
    an_orphan_serves_until_it_is_idle,
)

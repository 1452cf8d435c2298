"""The real circusd on the files of conf/circus, and what operators do with circusctl."""

import os
from signal import SIGKILL

from kit.circus import Circus
from kit.load import Load
from kit.releases import until_only
from kit.server import listening, wait_until_gone


def test_changes_under_load() -> None:
    """`circusctl reload`, `signal hup` for a broken release, and `restart`, under load: 0 failed of all; only a restart changes the PID."""
    with Circus() as circus, Load(circus.address) as load:
        pid = circus.pid
        circus.deploy("exact.py", 2)
        mark = circus.log.mark()
        circus.ctl("reload", "web")
        assert " failed: " not in circus.outcome(mark)
        until_only("2", load)
        circus.deploy("syntax_error.broken", 3)
        mark = circus.log.mark()
        circus.ctl("signal", "web", "hup")
        assert " failed: " in circus.outcome(mark)
        assert load.lap() == {"2"}
        assert circus.pid == pid
        circus.deploy("exact.py", 4)
        mark = circus.log.mark()
        circus.ctl("restart", "web")
        assert " failed: " not in circus.outcome(mark)
        until_only("4", load)
        assert circus.pid != pid
        report = load.stop()
        assert report.failed == 0, str(report)


def test_what_is_in_flight_is_answered() -> None:
    """Through a `stop`, which waits for it and keeps the listener, and through a kill -9 of the master; who asks meanwhile is answered by
    the next one.
    """
    with Circus("slow.py") as circus:
        pid = circus.pid
        slow = circus.ask_slow(1)
        circus.ctl("stop", "web", "--waiting")
        assert slow.answer() == (200, b"slow\n")
        wait_until_gone(pid)
        assert circus.ctl("status", "web") == "stopped\n"
        assert listening(circus.address)
        early = circus.ask("/?seconds=0")
        mark = circus.log.mark()
        circus.ctl("start", "web")
        assert early.answer() == (200, b"slow\n")

        circus.outcome(mark)
        pid, workers = circus.pid, circus.workers(mark)
        slow = circus.ask_slow(1)
        mark = circus.log.mark()
        os.kill(pid, SIGKILL)
        early = circus.ask("/?seconds=0")
        assert " failed: " not in circus.outcome(mark)
        assert (slow.answer(), early.answer()) == ((200, b"slow\n"), (200, b"slow\n"))
        for worker in workers:
            wait_until_gone(worker.pid)
        assert circus.pid != pid

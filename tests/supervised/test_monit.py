"""The real monit on the file of conf/monit: start, stop, restart (which is a reload), and a process that dies."""

import os
from signal import SIGKILL

from kit.load import Load
from kit.monit import Monit
from kit.releases import until_only
from kit.server import wait_until_reaped


def test_a_life() -> None:
    """`restart` under load, of a good and of a broken release: 0 failed, one PID. `stop` and `start`: 0 lost, another one. Killed: started anew."""
    with Monit() as site:
        pid = site.pid
        with Load(site.address) as load:
            site.deploy("exact.py", 2)
            site.monit("restart", "restart action done")
            until_only("2", load)
            site.deploy("syntax_error.broken", 3)
            mark = site.log.mark()
            site.monit("restart", "restart action done")  # monit looks only whether a process is there
            site.log.wait_for("adapter: error: reload failed: .*SyntaxError", since=mark)
            assert load.lap() == {"2"}
            report = load.stop()
        assert report.failed == 0, str(report)
        assert site.pid == pid

        site.deploy("exact.py", 4)
        with Load(site.address) as load:
            site.monit("stop", "stop action done")
            wait_until_reaped(pid)
            mark = site.log.mark()
            site.monit("start", "start action done")
            site.log.wait_for("adapter: info: serving generation=", since=mark)
            until_only("4", load)
            report = load.stop()
        assert report.lost == 0, str(report)

        pid, mark = site.pid, site.log.mark()
        os.kill(pid, SIGKILL)
        site.log.wait_for("adapter: info: serving generation=", since=mark)
        assert site.pid != pid


def test_a_stop_answers_what_is_in_flight() -> None:
    """`monit stop` is done when the slow request has its answer."""
    with Monit("slow.py") as site:
        mark = site.log.mark()
        slow = site.ask("/slow?seconds=2")
        site.log.wait_for("slow: begun", since=mark)
        site.monit("stop", "stop action done")
        assert slow.answer() == (200, b"slow\n")

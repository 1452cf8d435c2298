"""Killed processes while a strict client looks on: only what the dead one itself held may be lost."""

import os
from signal import SIGKILL

from kit.load import Load
from kit.server import Adapter


def test_a_killed_worker_takes_only_its_own_with_it() -> None:
    """kill -9 of one worker of three, twice: no connection of a neighbour fails, nobody is refused, the slot is filled again."""
    with Adapter("exact.py", "--workers=3") as server, Load(server.address) as load:
        killed = []
        for _ in range(2):
            victim = server.ready()[-1]
            killed.append(str(victim.pid))
            mark = server.log.mark()
            os.kill(victim.pid, SIGKILL)
            server.wait_for(f"adapter: info: ready worker=.* slot={victim.slot} ", since=mark)
            load.lap()
        report = load.stop()
        assert report.refused == report.wrong == report.timeout == report.own == 0, str(report)
        assert report.lost <= 2 * 13, f"more than one for each connection\n{report}"
        assert {fact["worker"] for fact in report.evidence if fact["reused"]} <= set(killed), str(report)


def test_a_killed_master_leaves_nothing_undone() -> None:
    """kill -9 of the master: the port is free at once, what the workers hold is finished, and nobody is left."""
    with Adapter("exact.py", "--workers=2") as server, Load(server.address) as load:
        server.process.signal(SIGKILL)
        for which in (0, 1):
            server.log.wait_for("adapter: warning: the master is gone", skip=which)
        with Adapter("exact.py", "--workers=2", bind=(server.address,)) as successor:
            successor.wait_for("adapter: info: serving generation=")
            load.lap()
            server.process.wait_alone()
            report = load.stop()
        # What no worker had accepted yet went down with the listener: never a re-used connection, never a byte of an answer.
        kinds = {fact["kind"] for fact in report.evidence if fact["connected"]}
        assert kinds <= {"reset"}, str(report)
        assert not any(fact.get("reused") or fact.get("seen") for fact in report.evidence), str(report)


def test_recycling_loses_nothing() -> None:
    """Workers that live for a third of a second, each relieved by one that is ready: 0 failed of all."""
    options = ("--workers=2", "--max-lifetime=300ms", "--max-lifetime-jitter=200ms", "--min-lifetime=0")
    with Adapter("exact.py", *options) as server, Load(server.address) as load:
        server.wait_for("adapter: info: ready worker=12 ")
        report = load.stop()
        assert report.failed == 0, str(report)

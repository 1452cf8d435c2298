"""The real runit (runsvdir, runsv, sv, svlogd) and s6 (s6-svscan, s6-supervise, s6-svc, s6-log) on the files of conf/runit and conf/s6."""

from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

import pytest

from kit.load import Load
from kit.server import listening, wait_until_gone
from kit.services import RUNIT, S6, Kind, Scan, Service
from kit.svscan import Status


class Words(NamedTuple):
    """How a supervisor is told. `stop` returns when the service is down, `up` at once. `settled`: it has taken in that the service is
    to stay down; an `up` before that is lost, for `sv` sends nothing to who wants it up still.
    """

    kind: Kind
    reload: tuple[str, ...]
    restart: tuple[str, ...]
    stop: tuple[str, ...]
    up: tuple[str, ...]
    stamp: str
    """What each line of the log begins with."""
    settled: Callable[[Service], object]


def _runsv_wants_down(service: Service) -> None:
    with closing(Status(service.directory, 20)) as status:
        status.until(lambda told: told.want == "d")


SV = ("sv", "-w", "60")
WORDS = {
    "runit": Words(
        RUNIT,
        reload=("sv", "hup"),
        restart=(*SV, "restart"),
        stop=(*SV, "stop"),
        up=("sv", "up"),
        stamp=r"\d{4}-\d\d-\d\d_\d\d:\d\d:\d\d\.\d{5} ",
        settled=_runsv_wants_down,
    ),
    "s6": Words(
        S6,
        reload=("s6-svc", "-h"),
        restart=("s6-svc", "-r"),
        stop=("s6-svc", "-wD", "-T", "60000", "-d"),
        up=("s6-svc", "-u"),
        stamp=r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}  ",
        settled=lambda service: service.run("s6-svwait", "-D", "-t", "60000"),
    ),
}


@pytest.fixture(params=WORDS)
def words(request: pytest.FixtureRequest) -> Words:
    """Those of each supervisor."""
    return WORDS[request.param]


def test_changes_under_load(words: Words) -> None:
    """3 reloads lose nothing and keep the PID; a restart loses nothing that reached us, and is a new process; every line is stamped."""
    with Scan(words.kind) as scan:
        web = scan["web"]
        pid = web.pid
        with Load(web.address) as load:
            for version in (2, 3, 4):
                web.deploy("exact.py", version)
                mark = web.log.mark()
                web.run(*words.reload)
                assert " failed: " not in web.outcome(mark)
                load.until(str(version))
            report = load.stop()
        assert report.failed == 0, str(report)
        assert web.pid == pid
        with Load(web.address) as load:
            mark = web.log.mark()
            web.run(*words.restart)
            assert " failed: " not in web.outcome(mark)
            load.lap()
            report = load.stop()
        assert report.lost == 0, str(report)
        assert web.pid != pid
        web.log.wait_for("^" + words.stamp + "adapter: info: stopped code=0")


def test_a_stop_answers_what_is_in_flight(words: Words) -> None:
    """A stop ends when the slow request has its answer; then nobody listens, until it is started again."""
    with Scan(words.kind, "slow.py") as scan:
        web = scan["web"]
        asked = web.ask_slow(1)
        pid = web.pid
        web.run(*words.stop)
        status, _ = asked.answer()
        assert status == 200
        wait_until_gone(pid)
        assert not listening(web.address)
        mark = web.log.mark()
        web.run(*words.up)
        web.outcome(mark)
        assert web.ask("/?seconds=0").answer()[0] == 200


def test_what_is_asked_wrongly_is_not_tried_for_ever(words: Words) -> None:
    """Exit code 100 leaves the service down, with the reason in the log; mended and started, it serves."""
    with Scan(words.kind) as scan:
        web = scan["web"]
        web.set("ADAPTER_WORKERS", "many")
        mark = web.log.mark()
        web.run(*words.stop)
        web.run(*words.up)
        web.log.wait_for("adapter: fatal: ", since=mark)
        web.log.wait_for("finish: not started again", since=mark)
        words.settled(web)
        web.set("ADAPTER_WORKERS", "1")
        mark = web.log.mark()
        web.run(*words.up)
        assert " failed: " not in web.outcome(mark)


def test_sv_start_waits_until_a_worker_answers() -> None:
    """runit's ./check: `sv start` and `sv check` return when requests are answered, not when a process is there."""
    with Scan(RUNIT, "slow.py") as scan:
        web = scan["web"]
        web.run(*SV, "stop")
        web.run(*SV, "start")
        assert web.ask("/?seconds=0").answer()[0] == 200
        web.run(*SV, "check")


def test_s6_knows_when_workers_can_answer() -> None:
    """notification-fd: `s6-svc -wU` returns when requests are answered, `s6-svwait -U` agrees, and a ready service is restarted at once."""
    with Scan(S6, "slow.py") as scan:
        web = scan["web"]
        web.run("s6-svwait", "-U", "-t", "60000")
        web.run("s6-svc", "-wD", "-T", "60000", "-d")
        web.run("s6-svc", "-wU", "-T", "60000", "-u")
        assert web.ask("/?seconds=0").answer()[0] == 200
        assert ", ready " in web.run("s6-svstat")
        mark, pid = web.log.mark(), web.pid
        web.run("s6-svc", "-h")
        assert " failed: " not in web.outcome(mark)
        web.run("s6-svc", "-wR", "-T", "60000", "-r")
        assert web.ask("/?seconds=0").answer()[0] == 200
        assert web.pid != pid


@pytest.mark.parametrize(
    ("kind", "restart", "patience", "drain"),
    [(RUNIT, (*SV, "restart"), 7, 5), (S6, ("s6-svc", "-r"), 20, 18)],
    ids=["runit", "s6"],
)
def test_the_drain_fits_into_the_supervisors_patience(kind: Kind, restart: tuple[str, ...], patience: int, drain: int) -> None:
    """Without --drain-timeout: into the 7 s of sv, into ./timeout-kill of s6."""
    with Scan(kind) as scan:
        web = scan["web"]
        script = (web.directory / "run").read_text()
        assert " --drain-timeout 60s" in script
        (web.directory / "run").write_text(script.replace(" --drain-timeout 60s", ""))
        (web.directory / "timeout-kill").write_text("20000\n")
        mark = web.log.mark()
        web.run(*restart)
        web.log.wait_for(
            rf"the drain is made to fit into the supervisor's patience patience={patience}\.000 drain_timeout={drain}\.000",
            since=mark,
        )

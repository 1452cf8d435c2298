"""The real supervisord, the files of conf/supervisord as they stand, and what operators do with them."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from kit.load import Load, Report
from kit.server import listening, wait_until_gone
from kit.supervisord import Supervisord

Tell = Callable[[Report], Report]


@pytest.fixture
def told(request: pytest.FixtureRequest, record_testsuite_property: Callable[[str, object], None]) -> Tell:
    """Passes a report on. Refused while nobody listens is no loss: it is counted apart, and told in the JUnit file."""

    def tell(report: Report) -> Report:
        numbers = {name: report.facts[name] for name in ("ok", "refused", "gap", "slowest", "seconds")}
        record_testsuite_property(request.node.name, " ".join(f"{name}={number}" for name, number in numbers.items()))
        return report

    return tell


def until_only(version: str, load: Load) -> None:
    """Lap by lap, until nobody answers with another version than this."""
    deadline = time.monotonic() + 60
    while (seen := load.lap()) != {version}:
        assert time.monotonic() < deadline, f"after 60 s {seen} still answer"


# -- [program] -------------------------------------------------------------------------------------------------------------


def test_signal_hup_loses_nothing(told: Tell) -> None:
    """5 x `supervisorctl signal HUP`, each with a release of its own: 0 failed of all, one PID, each release is served."""
    with Supervisord() as sv, Load(sv.address) as load:
        pids = sv.pids()
        for version in range(2, 7):
            sv.deploy("exact.py", version)
            (outcome,) = sv.reload()
            assert " failed: " not in outcome
            assert str(version) in load.lap()
        report = told(load.stop())
        assert report.failed == 0, str(report)
        assert set(report.versions) == set("123456")
        assert sv.pids() == pids
        assert sv.ctl("status").split()[:2] == ["web", "RUNNING"]


def test_the_drain_fits_into_stopwaitsecs() -> None:
    """Asked over XML-RPC: without --drain-timeout it is stopwaitsecs less two seconds."""
    with Supervisord(changed={"stopwaitsecs": "25", "    --drain-timeout 20s": ""}) as sv:
        sv.logs["web"].wait_for("the drain is made to fit into the supervisor's patience patience=25.000 drain_timeout=23.000")


def test_settings_that_would_lose_something_are_told() -> None:
    """stopwaitsecs below --drain-timeout, killasgroup off, stopasgroup on, startsecs under 3: one warning says what to write where."""
    with Supervisord(changed={"stopwaitsecs": "5", "startsecs": "1", "killasgroup": "false"}) as sv:
        line = sv.logs["web"].wait_for("adapter: warning: ").string
        for setting in ("stopwaitsecs=30", "killasgroup=true", "startsecs=3"):
            assert f"write {setting} " in line
        assert "[program:web] of " in line
    with Supervisord(changed={"stopasgroup": "true"}) as sv:
        assert "write stopasgroup=false " in sv.logs["web"].wait_for("adapter: warning: ").string


def test_signals_in_a_hurry_lose_nothing(told: Tell) -> None:
    """HUPs without a pause, to the process and to its whole group: 0 failed of all, one PID, the last release serves."""
    with Supervisord() as sv, Load(sv.address) as load:
        (pid,) = sv.pids()
        for version in range(2, 7):
            sv.deploy("exact.py", version)
            sv.rpc("signalProcess", "web", "HUP")
            os.killpg(pid, signal.SIGHUP)
        until_only("6", load)
        assert sv.pids() == [pid]
        report = told(load.stop())
        assert report.failed == 0, str(report)
        assert "reload failed" not in "\n".join(sv.logs["web"].all()), "the group's HUP has hit the pre-flight or the preloader"
        seats = [(each.generation, each.slot) for each in sv.workers()]
        assert len(set(seats)) == len(seats), f"the group's HUP has made workers leave: {seats}"


def test_restart_cuts_nothing(told: Tell) -> None:
    """`supervisorctl restart`: no request that reached us is reset or cut; the new release serves, as a new process."""
    with Supervisord() as sv, Load(sv.address) as load:
        pids = sv.pids()
        sv.deploy("exact.py", 2)
        assert sv.ctl("restart", "web") == "web: stopped\nweb: started\n"
        assert sv.pids() != pids
        load.lap()
        assert load.lap() == {"2"}
        report = told(load.stop())
        assert report.lost == 0, str(report)
        assert not [line for line in sv.log.all() if "SIGKILL" in line]


def test_restart_in_a_reload_cuts_nothing(told: Tell) -> None:
    """A restart while a reload hangs in its import: nothing is cut, and what is started serves the release that is there then."""
    with Supervisord() as sv, Load(sv.address) as load:
        release = sv.deploy("endless_import.py", 2)
        os.mkfifo(release / "gate")
        sv.ctl("signal", "HUP", "web")
        sv.logs["web"].wait_for("^endless_import: begun")
        assert load.lap() == {"1"}
        sv.deploy("exact.py", 3)
        sv.ctl("restart", "web")
        load.lap()
        assert load.lap() == {"3"}
        report = told(load.stop())
        assert report.lost == 0, str(report)


def test_a_broken_deploy_keeps_the_old_release() -> None:
    """A release that cannot be imported: HUP, and `adapter reload --wait`, leave the old one serving and say why; 0 failed of all."""
    with Supervisord() as sv, Load(sv.address) as load:
        pids = sv.pids()
        sv.deploy("syntax_error.broken", 2)
        (outcome,) = sv.reload()
        assert " failed: " in outcome
        sv.logs["web"].wait_for(r"\| SyntaxError: ")
        refused = sv.adapter("reload", "web.control", "--wait")
        assert refused.returncode != 0
        assert "SyntaxError" in refused.stderr
        assert load.lap() == {"1"}
        sv.deploy("exact.py", 3)
        assert sv.adapter("reload", "web.control", "--wait").returncode == 0
        assert "3" in load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        assert set(report.versions) == {"1", "3"}
        assert sv.pids() == pids


def test_stop_waits_for_a_slow_request() -> None:
    """`supervisorctl stop` returns when the request in flight has been answered, whole; nobody listens any more."""
    with Supervisord(app="slow.py") as sv:
        slow = sv.ask_slow(2)
        assert sv.ctl("stop", "web") == "web: stopped\n"
        assert slow.answer() == (200, b"slow\n")
        assert sv.state() == "STOPPED"
        assert not listening(sv.address)
        sv.log.wait_for(r"stopped: web \(exit status 0\)")


def test_stop_ends_a_stuck_request_at_the_drain_deadline() -> None:
    """A request that never ends is cut by us at the drain deadline, before supervisord's KILL; the log names it and shows where it stood."""
    with Supervisord(app="slow.py") as sv:
        stuck = sv.ask_slow(600)
        sv.ctl("stop", "web")
        assert stuck.is_cut()
        sv.log.wait_for(r"stopped: web \(exit status 0\)")
        line = sv.logs["web"].wait_for(r"adapter: error: request cut at the drain deadline").string
        assert 'request="GET /slow?seconds=600"' in line
        sv.logs["web"].wait_for(r"adapter: \| .*time\.sleep\(seconds\)")


def test_signal_quit_cuts_a_drain_short() -> None:
    """`supervisorctl signal QUIT` during a stop: it is over at once, and supervisord needs no KILL."""
    with Supervisord(app="slow.py") as sv:
        stuck = sv.ask_slow(600)
        stopping = sv.asking("stop", "web")
        sv.logs["web"].wait_for("adapter: info: stop ")
        sv.ctl("signal", "QUIT", "web")
        assert stopping.communicate(timeout=15)[0] == "web: stopped\n"
        assert stuck.is_cut()
        sv.log.wait_for(r"stopped: web \(exit status 0\)")


def test_stopasgroup_does_no_harm(told: Tell) -> None:
    """With stopasgroup=true every worker gets the TERM too: a restart still cuts nothing."""
    with Supervisord(changed={"stopasgroup": "true"}) as sv, Load(sv.address) as load:
        sv.ctl("restart", "web")
        load.lap()
        report = told(load.stop())
        assert report.lost == 0, str(report)


def test_ctrl_c_drains() -> None:
    """Ctrl-C where supervisord runs in the foreground: the request in flight is answered, then all is gone."""
    with Supervisord(app="slow.py") as sv:
        slow = sv.ask_slow(2)
        os.killpg(sv.process.pid, signal.SIGINT)
        assert slow.answer() == (200, b"slow\n")
        assert sv.process.exit_code() == 0


def test_shutdown_cuts_nothing(told: Tell) -> None:
    """`supervisorctl shutdown` under load: no request that reached us is reset or cut, and no process or socket is left."""
    with Supervisord() as sv, Load(sv.address) as load:
        sv.shutdown()
        load.lap_refused()
        report = told(load.stop())
        assert report.lost == 0, str(report)


def test_a_stop_is_heard_while_it_boots() -> None:
    """`stop` while the application's import hangs: it is over at once; a repaired release can be started."""
    with Supervisord() as sv:
        release = sv.deploy("endless_import.py", 2)
        os.mkfifo(release / "gate")
        starting = sv.log.mark()
        restarting = sv.asking("restart", "web")
        sv.logs["web"].wait_for("^endless_import: begun")
        mark = sv.log.mark()
        sv.rpc("stopProcess", "web")  # not by the command: after `startsecs` supervisord takes it for started
        sv.log.wait_for(r"stopped: web \(exit status 0\)", since=mark)
        late = any("success: web entered RUNNING" in line for line in sv.log.all(starting))
        assert "ERROR" in restarting.communicate(timeout=60)[0] or late
        sv.deploy("exact.py", 3)
        assert sv.ctl("start", "web") == "web: started\n"
        with Load(sv.address) as load:
            assert load.lap() == {"3"}


def test_without_supervisord_it_serves_on(told: Tell) -> None:
    """kill -9 of supervisord itself: nobody reads the log any more, yet requests, a reload and a stop go as before."""
    with Supervisord() as sv, Load(sv.address) as load:
        (pid,) = sv.pids()
        os.kill(sv.process.pid, signal.SIGKILL)
        assert sv.process.exit_code() == -signal.SIGKILL
        sv.deploy("exact.py", 2)
        os.kill(pid, signal.SIGHUP)
        until_only("2", load)
        assert (counted := told(load.stop())).failed == 0, str(counted)
        os.kill(pid, signal.SIGTERM)
        wait_until_gone(pid)


def test_a_killed_master_leaves_nobody() -> None:
    """kill -9 of the master: the port is free for the one that supervisord starts, what was in flight is answered, the orphans end."""
    with Supervisord(app="slow.py") as sv:
        slow = sv.ask_slow(3)
        (pid,), workers = sv.pids(), sv.workers()
        mark = sv.logs["web"].mark()
        os.kill(pid, signal.SIGKILL)
        sv.logs["web"].wait_for("adapter: info: serving generation=", since=mark)
        assert sv.pids() != [pid]
        assert slow.answer() == (200, b"slow\n")
        assert sv.ask("/").answer() == (200, b"slow\n")
        for worker in workers:
            wait_until_gone(worker.pid)
        assert len([line for line in sv.log.all() if "spawned:" in line]) == 2, "it needed more than one start"


# -- [fcgi-program] --------------------------------------------------------------------------------------------------------


def test_fcgi_signal_hup_loses_nothing(told: Tell) -> None:
    """The listener is supervisord's, on fd 0. 3 x `signal HUP web:*`: 0 failed of all, the same two PIDs, each release is served."""
    with Supervisord("adapter-fcgi.conf") as sv, Load(sv.address) as load:
        pids = sv.pids()
        for version in range(2, 5):
            sv.deploy("exact.py", version)
            assert not [line for line in sv.reload() if " failed: " in line]
            assert str(version) in load.lap()
        report = told(load.stop())
        assert report.failed == 0, str(report)
        assert sv.pids() == pids


def test_fcgi_rolling_restart_loses_nothing(told: Tell) -> None:
    """The two processes restarted in turn: 0 failed of all, for supervisord keeps the socket and one of them always serves."""
    with Supervisord("adapter-fcgi.conf") as sv, Load(sv.address) as load:
        pids = sv.pids()
        sv.deploy("exact.py", 2)
        for name in sv.names:
            sv.ctl("restart", name)
        assert not set(pids) & set(sv.pids())
        load.lap()
        assert load.lap() == {"2"}
        report = told(load.stop())
        assert report.failed == 0, str(report)


def test_fcgi_orphans_let_go_of_the_socket() -> None:
    """kill -9 of the only master: its orphans let go of supervisord's socket, so it can be opened anew; what was in flight is answered."""
    with Supervisord("adapter-fcgi.conf", app="slow.py", changed={"numprocs": "1"}) as sv:
        name = sv.names[0]
        slow = sv.ask_slow(3)
        (pid,), workers = sv.pids(), sv.workers(name)
        mark = sv.logs[name].mark()
        os.kill(pid, signal.SIGKILL)
        sv.logs[name].wait_for("adapter: info: serving generation=", since=mark)
        assert sv.pids() != [pid]
        assert slow.answer() == (200, b"slow\n")
        assert sv.ask("/").answer() == (200, b"slow\n")
        for worker in workers:
            wait_until_gone(worker.pid)

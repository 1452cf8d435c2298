"""The real supervisord with our plug-ins, by the files of conf/supervisord as they stand: a socket that stays, verbs that answer."""

import json
import os
import re
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from kit.load import Load
from kit.supervisord import Supervisord

PLUGINS = "supervisord-plugins.conf"


def supervised(app: str = "exact.py", changed: Mapping[str, str] | None = None) -> Supervisord:
    return Supervisord("adapter-fcgi-held.conf", app, changed, main=PLUGINS)


def crash(sv: Supervisord, number: int) -> None:
    """The one master ends by this signal; another serves when this returns."""
    (pid,) = sv.pids()
    log = sv.logs["web:web_00"]
    mark = log.mark()
    os.kill(pid, number)
    log.wait_for("adapter: info: serving generation=", since=mark)
    assert sv.pids() != [pid]


def connections_to(sv: Supervisord, name: str) -> int:
    """How many there are to that UNIX socket beside its listener (unix(7): all bear its path)."""
    table = Path("/proc/net/unix").read_text().splitlines()
    return sum(line.endswith(f"{sv.directory}/conf/supervisord/{name}") for line in table) - 1


def change(sv: Supervisord, old: str, new: str) -> None:
    """Another setting in the file that is included, for `update` to find."""
    path = sv.directory / "conf" / "supervisord" / "adapter-fcgi-held.conf"
    text = path.read_text()
    assert old in text
    path.unlink()  # it is a link to the one that is shipped
    path.write_text(text.replace(old, new))


def until_alerted(sv: Supervisord, pattern: str) -> None:
    """Until the command of adapter-alerts has written such a line."""
    path, deadline = sv.directory / "conf" / "supervisord" / "alerts.log", time.monotonic() + 60
    while not (path.exists() and re.search(pattern, path.read_text(), re.MULTILINE)):
        assert time.monotonic() < deadline, path.read_text() if path.exists() else "nobody was told anything"
        time.sleep(0.05)


def test_a_held_socket_refuses_nobody(record_testsuite_property) -> None:
    """One process, under load: restart, stop and start, drain and start, a rolling restart, a crash, `update`: 0 refused, 0 reset, 0 lost."""
    with supervised() as sv, Load(sv.address) as load:
        assert sv.rpc("held", of="adapter") == ["web"]
        sv.deploy("exact.py", 2)
        assert sv.ctl("restart", "web:*") == "web:web_00: stopped\nweb:web_00: started\n"
        load.until("2")
        sv.ctl("stop", "web:*")
        sv.ctl("start", "web:*")
        load.lap()
        assert re.fullmatch(r"web:web_00: drained in \d+\.\d s\n", sv.ctl("drain", "web"))
        assert sv.state("web:web_00") == "STOPPED"
        sv.ctl("start", "web:*")
        load.lap()
        said = sv.ctl("rolling-restart", "web:*").splitlines()
        assert re.fullmatch(r"web:web_00: drained in \d+\.\d s", said[0])
        assert said[1:] == ["web:web_00: serving; generation 1, 1 worker"]
        crash(sv, signal.SIGSEGV)
        load.lap()
        change(sv, "stopwaitsecs=30", "stopwaitsecs=31")
        mark = sv.log.mark()
        assert "web: updated process group" in sv.ctl("update")
        sv.log.wait_for("adapter: holding the socket of web", since=mark)
        load.lap()
        report = load.stop()
        assert report.failed == 0, str(report)
        refused = report.facts["refused"]
        assert refused == 0, str(report)
        record_testsuite_property(
            "held", " ".join(f"{each}={report.facts[each]}" for each in ("ok", "refused", "slowest", "gap"))
        )


def test_a_held_socket_outlives_a_kill(record_testsuite_property) -> None:
    """kill -9 of the only process, twice: who is in its hands is answered by its orphans, nobody is refused or reset."""
    with supervised() as sv, Load(sv.address) as load:
        for _ in range(2):
            crash(sv, signal.SIGKILL)
            load.lap()
        report = load.stop()
        assert (report.failed, report.facts["refused"]) == (0, 0), str(report)
        record_testsuite_property(
            "held-kill", " ".join(f"{each}={report.facts[each]}" for each in ("ok", "refused", "slowest", "gap"))
        )


def test_what_the_server_tells_by_itself_is_heard() -> None:
    """--process-communication: a reload by HUP that fails wakes somebody, though nobody asked supervisorctl; the log has nothing of it."""
    spoken = "true\nstdout_capture_maxbytes=64KB\nenvironment=ADAPTER_PROCESS_COMMUNICATION=true"
    with supervised(changed={"redirect_stderr": spoken}) as sv:
        sv.deploy("syntax_error.broken", 2)
        (outcome,) = sv.reload()
        assert " failed: " in outcome
        until_alerted(sv, "^web:web_00 could not be reloaded: .*SyntaxError.*; the code before goes on")
        assert not [line for line in sv.logs["web:web_00"].all() if "XSUPERVISOR" in line]


def test_every_verb_answers_with_the_outcome() -> None:
    """Two processes: each verb, for one and for both, in each state; a broken deploy is told with its traceback, and
    a rolling restart of it ends with the first.
    """
    # A broken release is given up when it ends within startsecs, and a busy machine takes its time to find out what is broken.
    with supervised(changed={"numprocs": "2", "startsecs": "20"}) as sv, Load(sv.address) as load:
        assert sv.ctl("app-status", "web") == (
            "web:web_00: serving; generation 1, 1 worker\nweb:web_01: serving; generation 1, 1 worker\n"
        )
        sv.deploy("exact.py", 2)
        assert sv.ctl("reload-app", "web") == "web:web_00: generation 2 serves\nweb:web_01: generation 2 serves\n"
        load.until("2")
        for log in sv.logs.values():
            log.wait_for("adapter: info: drained worker=1 ")
        sv.deploy("syntax_error.broken", 3)
        said = sv.ctl("reload-app", "web:web_01", code=1)
        assert said.startswith("web:web_01: ERROR (reload failed: ")
        assert "    SyntaxError" in said
        until_alerted(sv, "^web:web_01: reload failed: ")
        assert sv.ctl("app-status", "all").count("serving") == 2, "the event listener is none that can be asked"
        assert load.lap() == {"2"}
        sv.deploy("exact.py", 4)
        assert sv.ctl("pause", "web:web_00") == "web:web_00: serving, paused; generation 2, 1 worker\n"
        assert sv.ctl("pause", "web:web_00") == "web:web_00: serving, paused; generation 2, 1 worker\n"
        (told,) = sv.rpc("status", "web:web_00", of="adapter")
        assert (told["ok"], told["ready"], told["generation"]) == (True, False, 2)
        assert json.loads(told["status"])["paused"] is True
        assert sv.ctl("reload-app", "web:web_00") == "web:web_00: generation 3 serves\n"
        sv.logs["web:web_00"].wait_for("adapter: info: drained worker=2 ")
        assert sv.ctl("resume", "web") == (
            "web:web_00: serving; generation 3, 1 worker\nweb:web_01: serving; generation 2, 1 worker\n"
        )
        assert sv.ctl("workers", "web:web_00", "3") == "web:web_00: serving; generation 3, 3 workers\n"
        assert "no generation is kept (--rollback-window)" in sv.ctl("rollback", "web:web_00", code=1)
        assert "takes a number: how many, from 1 to 1024" in sv.ctl("workers", "web:web_00", "0", code=1)
        said = sv.ctl("rolling-restart", "web:*").splitlines()
        assert [each.split(": ", 1)[0] for each in said] == ["web:web_00", "web:web_00", "web:web_01", "web:web_01"]
        load.until("4")
        sv.deploy("syntax_error.broken", 5)
        said = sv.ctl("rolling-restart", "web:*", code=1)
        assert "web:web_00: ERROR (supervisord does not start it any more (FATAL); see its log)\n" in said
        assert said.endswith("rolling-restart ends here; not touched: web:web_01\n")
        assert load.lap() == {"4"}
        until_alerted(sv, "^supervisord has given web:web_00 up")
        sv.deploy("exact.py", 6)
        assert sv.ctl("rolling-restart", "web:*").count("serving") == 2
        load.until("6")
        report = load.stop()
        assert (report.failed, report.facts["refused"]) == (0, 0), str(report)


def test_supervisord_is_never_kept_waiting() -> None:
    """An instance that is stopped (SIGSTOP) keeps whoever asked waiting, and nobody else; a rolling restart ends at the first that fails."""
    with supervised(changed={"numprocs": "2"}) as sv:
        pid = sv.pids()[0]
        os.kill(pid, signal.SIGSTOP)
        deadline = time.monotonic() + 60
        asked = sv.asking("app-status", "web:*")
        while connections_to(sv, "web_00.control") < 1:
            assert time.monotonic() < deadline, "supervisord has not asked"
            time.sleep(0.02)
        begun = time.monotonic()
        assert sv.rpc("getState")["statename"] == "RUNNING"
        assert time.monotonic() - begun < 30
        os.kill(pid, signal.SIGCONT)
        said, _ = asked.communicate(timeout=60)
        assert said == "web:web_00: serving; generation 1, 1 worker\nweb:web_01: serving; generation 1, 1 worker\n"


def test_what_cannot_be_asked_is_one_sentence() -> None:
    """A name that is none, a program that does not run, one that is no adapter, an interface that is not there; supervisord goes on."""
    with supervised() as sv:
        assert sv.ctl("reload-app", "nix", code=1) == "nix: ERROR (there is no program or group nix; there are: alerts, web)\n"
        assert re.match(
            r"alerts: ERROR \(alerts \(pid \d+\) has no control socket: start it as", sv.ctl("reload-app", "alerts", code=1)
        )
        sv.ctl("stop", "web:*")
        for verb in (("reload-app",), ("drain",), ("pause",), ("app-status",)):
            assert sv.ctl(*verb, "web", code=1) == "web:web_00: ERROR (web:web_00 does not run (STOPPED))\n"
        said = sv.ctl("rolling-restart", "web")
        assert said == "web:web_00: serving; generation 1, 1 worker\n"
        # A stranger in its place, as a broken configuration would have it.
        os.unlink(sv.directory / "conf" / "supervisord" / "web_00.control")
        said = sv.ctl("rolling-restart", "web", code=1)
        assert re.fullmatch(
            r"web:web_00: ERROR \(cannot ask web:web_00 at its control socket \S+: No such file or directory\)\n", said
        )
        assert len(sv.pids()) == 1, "what could not be asked goes on"
    with Supervisord() as sv:
        conf = sv.directory / "conf" / "supervisord" / "supervisord.conf"
        text = conf.read_text()
        conf.unlink()
        plugin = "supervisor.ctl_factory=adapter.supervisors.supervisord:make_ctlplugin"
        conf.write_text(f"{text}\n[ctlplugin:adapter]\n{plugin}\n")
        assert sv.ctl("reload-app", "web", code=1).startswith(
            "web: ERROR (supervisord has no adapter interface: put [rpcinterface"
        )
        assert sv.ctl("status").startswith("web")


def test_supervisord_may_start_anew() -> None:
    """`supervisorctl reload`: supervisord is the same process, holds the socket anew, and all is as before."""
    with supervised() as sv:
        marks = sv.log.mark(), sv.logs["web:web_00"].mark()
        sv.ctl("reload")
        sv.log.wait_for("adapter: holding the socket of web", since=marks[0])
        sv.rpc("getState")
        sv.logs["web:web_00"].wait_for("adapter: info: serving generation=", since=marks[1])
        assert sv.ctl("reload-app", "web") == "web:web_00: generation 2 serves\n"
        with Load(sv.address) as load:
            sv.ctl("restart", "web:*")
            load.lap()
            report = load.stop()
            assert (report.failed, report.facts["refused"]) == (0, 0), str(report)


def test_somebody_is_told() -> None:
    """A drain that supervisord's KILL cuts short, and a process that dies again and again: the verb says it, and adapter-alerts."""
    with supervised("slow.py", {"stopwaitsecs": "1"}) as sv:
        slow = sv.ask_slow(20)
        said = sv.ctl("drain", "web", code=1)
        assert (
            said
            == "web:web_00: ERROR (killed by supervisord after stopwaitsecs=1: make it two seconds longer than --drain-timeout)\n"
        )
        assert slow.is_cut()
        until_alerted(sv, r"^web:web_00: killed by supervisord after stopwaitsecs=1")
        log = sv.logs["web:web_00"]
        mark = log.mark()
        sv.rpc("startProcess", "web:web_00", False)
        log.wait_for("adapter: info: serving generation=", since=mark)
        for _ in range(3):
            crash(sv, signal.SIGKILL)
        until_alerted(sv, r"^web:web_00 has died 3 times within 300 s")


def test_every_verb_in_every_state() -> None:
    """While it reloads, drains, and boots, each verb answers: done, or why not; none hangs, and nothing is lost by it."""
    # An import waits here for a dozen commands, and a busy machine takes seconds for each.
    with supervised("gated.py", {"startsecs": "1\nenvironment=ADAPTER_BOOT_TIMEOUT=300s"}) as sv:
        log = sv.logs["web:web_00"]
        os.mkfifo(sv.directory / "releases" / "1" / "gate")
        os.mkfifo(sv.deploy("endless_import.py", 2) / "gate")
        mark = log.mark()
        reload = sv.asking("reload-app", "web")
        log.wait_for("endless_import: begun", since=mark)
        assert "reload (rolling" in sv.ctl("app-status", "web")
        assert ", paused, reload (rolling" in sv.ctl("pause", "web")
        assert "paused" not in sv.ctl("resume", "web")
        sv.ctl("rollback", "web")
        said, _ = reload.communicate(timeout=60)
        assert said.startswith("web:web_00: ERROR (reload failed: "), "the rollback gave it up"
        asked = sv.ask("/gated")
        log.wait_for("gated: begun", since=mark)
        drain = sv.asking("drain", "web")
        log.wait_for("adapter: info: stop source=", since=mark)
        for method in ("status", "reload", "rollback", "pause", "resume", "drain"):
            (told,) = sv.rpc(method, "web", of="adapter")
            assert (told["ok"], told["outcome"]) == (False, "web:web_00 does not run (STOPPING)"), method
        (sv.directory / "releases" / "1" / "gate").write_text("go\n")
        assert asked.answer() == (200, b"gated\n")
        said, _ = drain.communicate(timeout=60)
        assert re.fullmatch(r"web:web_00: drained in \d+\.\d s\n", said)
        mark = log.mark()
        sv.ctl("start", "web:*")
        log.wait_for("endless_import: begun", since=mark)  # by now it can be asked
        assert sv.ctl("app-status", "web").startswith("web:web_00: not every slot is served, first load (")
        assert sv.ctl("pause", "web").startswith("web:web_00: not every slot is served, paused, first load (")
        assert sv.ctl("resume", "web").startswith("web:web_00: not every slot is served, first load (")
        (told,) = sv.rpc("await_ready", "web", 1, of="adapter")
        assert (told["ok"], told["outcome"]) == (False, told["outcome"])
        assert told["outcome"].startswith("not so after 1 s: not every slot is served")
        assert sv.ctl("rollback", "web", code=1).startswith("web:web_00: ERROR (rollback failed: ")
        reload = sv.asking("reload-app", "web")
        log.wait_for('adapter: info: reload source="control', since=mark)
        assert re.fullmatch(r"web:web_00: drained in \d+\.\d s\n", sv.ctl("drain", "web"))
        said, _ = reload.communicate(timeout=60)
        assert said == "web:web_00: ERROR (reload failed: the server was asked to stop)\n"

"""--restart-in-place under the real supervise and runsv: which of their words are a reload, which a stop; and under s6, which does not tell."""

import os
from collections.abc import Callable

import pytest

from kit.load import Load
from kit.scandir import RUNSVDIR, S6, SVSCAN, Kind, Scandir
from kit.server import listening, wait_until_gone

Record = Callable[[str, object], None]
TERM = {SVSCAN: ("svc", "-t"), RUNSVDIR: ("sv", "term")}
ONCE = {SVSCAN: ("svc", "-o"), RUNSVDIR: ("sv", "once")}


@pytest.mark.parametrize("kind", [SVSCAN, RUNSVDIR], ids=str)
def test_restart_is_a_reload_and_down_is_a_stop(kind: Kind, record_property: Record) -> None:
    """3 x `svc -t`, `sv term`, one with a broken release: one PID, 0 failed of all. Down in the midst of a reload stops. After `once` TERM stops."""
    with Scandir(kind, held=False, ADAPTER_RESTART_IN_PLACE="true") as site:
        pid = site.pid()
        with Load(site.address) as load:
            for version, app in ((2, "exact.py"), (3, "syntax_error.broken"), (4, "exact.py")):
                site.deploy(app, version)
                mark, code = site.say(TERM[kind], "web")
                assert code == 0
                assert ("reload failed" in site.serving(mark)) == (version == 3)
            load.until("4")
            report = load.stop().told(record_property)
            assert report.failed == 0, str(report)
            assert site.pid() == pid
        gate = site.deploy("endless_import.py", 5) / "gate"
        os.mkfifo(gate)
        mark, _ = site.say(TERM[kind], "web")
        site.logs["web"].wait_for("endless_import: begun", since=mark)
        site.say(kind.down, "web")
        site.logs["web"].wait_for("adapter: info: stopped code=0", since=mark)
        wait_until_gone(pid)
        assert not listening(site.address)
        site.deploy("exact.py", 6)
        mark, _ = site.say(kind.up, "web")
        site.serving(mark)
        site.say(ONCE[kind], "web")
        pid = site.pid()
        mark, _ = site.say(TERM[kind], "web")
        site.logs["web"].wait_for("adapter: info: stopped code=0", since=mark)
        wait_until_gone(pid)


def test_sv_restart_waits_in_vain() -> None:
    """`sv restart` reloads in place, too, but waits for another start, and says after its patience that there was none."""
    with Scandir(RUNSVDIR, held=False, ADAPTER_RESTART_IN_PLACE="true") as site:
        pid = site.pid()
        codes = []
        while len(codes) < 5 and 1 not in codes:  # of a service that has just started sv believes at once that it is another
            mark, code = site.say(("sv", "-w", "1", "restart"), "web")
            codes.append(code)
            assert "serving" in site.serving(mark)
        assert codes[-1] == 1
        assert site.pid() == pid


def test_s6_does_not_tell() -> None:
    """Under s6-supervise TERM is a stop: the restart is one, and the log says why."""
    with Scandir(S6, held=False, ADAPTER_RESTART_IN_PLACE="true") as site:
        pid = site.pid()
        mark = site.logs["web"].mark()
        site.restart()
        assert site.pid() != pid
        site.logs["web"].wait_for("adapter: warning: --restart-in-place: .*does not tell what is wanted of us", since=mark)

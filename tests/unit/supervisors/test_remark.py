"""What a server says of its supervisor when it starts, by table; and whom it is worth to ask."""

import pytest

from adapter.supervisors.judging.facts import S6, Container, Daemontools, Facts, Instance, Runit, Supervisord, Systemd
from adapter.supervisors.judging.remark import fitting, remark, waits
from adapter.supervisors.recognizing import is_supervised

SOUND = Supervisord(name="web", where="[program:web]", stop_wait=30.0, stop_signal=15, kills_group=True, start_seconds=3.0)


@pytest.mark.parametrize(
    ("supervisor", "environ", "seconds"),
    [
        (None, {}, None),
        (SOUND, {}, 30.0),
        (SOUND._replace(stop_wait=None, unknown="refused"), {}, None),
        (S6("/s"), {}, None),
        (S6("/s", kill_after=65.0), {}, 65.0),
        (Runit("/s"), {}, 7.0),
        (Runit("/s"), {"SVWAIT": "60"}, 60.0),
        (Runit("/s"), {"SVWAIT": "soon"}, 7.0),
        (Runit("/s"), {"SVWAIT": "9" * 5000}, 7.0),
        (Daemontools("/s"), {}, None),
        (Systemd("unit", "notify", 90.0), {}, 90.0),
        (Systemd("unit"), {}, None),
        (Container(), {}, 10.0),
    ],
)
def test_waits(supervisor, environ, seconds):
    """How long each waits; and a drain that is made to fit is nothing to remark."""
    facts = Facts(instance=Instance(environ=environ), supervisor=supervisor)
    assert waits(facts) == seconds
    said = remark(fitting(facts), extends=False)[1]
    assert "a stop may take" not in said


@pytest.mark.parametrize(
    ("supervisor", "drain", "level", "said"),
    [
        (SOUND, 20.0, "", ()),
        (SOUND, 60.0, "warning", ("supervisord kills after 30 s", "write stopwaitsecs=70 in [program:web]")),
        (SOUND._replace(kills_group=False), 8.0, "warning", ("write killasgroup=true in [program:web]",)),
        (SOUND._replace(stops_group=True), 8.0, "warning", ("write stopasgroup=false",)),
        (SOUND._replace(stop_signal=3), 8.0, "warning", ("write stopsignal=TERM",)),
        (
            SOUND._replace(start_seconds=1.0, kills_group=False, stop_wait=5.0),
            8.0,
            "warning",
            ("write startsecs=3", "killasgroup=true", "stopwaitsecs=18"),
        ),
        (SOUND._replace(unknown="nobody listens", stop_wait=None), 8.0, "info", ("could not be asked how: nobody listens",)),
        (S6("/s", kill_after=5.0), 60.0, "warning", ("write 70000 into /s/timeout-kill",)),
        (Runit("/s"), 60.0, "info", ("sv -w 70",)),
        (Systemd("/u", "simple", 30.0), 60.0, "warning", ("write TimeoutStopSec=70 in /u",)),
        (Container(), 60.0, "info", ("docker run --stop-timeout 70",)),
        (Daemontools("/s"), 600.0, "", ()),
        (None, 600.0, "", ()),
    ],
)
def test_remark(supervisor, drain, level, said):
    """One line that says what to write where; a warning if something is lost otherwise, as far as anybody can know."""
    told, line = remark(Facts(instance=Instance(drain=drain), supervisor=supervisor), extends=False)
    assert told == level
    assert all(words in line for words in said)
    assert "\n" not in line
    assert bool(line) == bool(said)


def test_extended():
    """A service manager that is told how long a drain may last needs no other setting."""
    facts = Facts(instance=Instance(drain=600.0), supervisor=Systemd("/u", "notify", 30.0))
    assert remark(facts, extends=True) == ("", "")


@pytest.mark.parametrize(
    ("pid", "environ", "above", "worth"),
    [
        (9, {}, ("bash", "tmux", "systemd"), False),
        (9, {}, (), False),
        (9, {}, ("systemd",), True),
        (9, {}, ("sh", "runsv"), True),
        (9, {}, ("s6-supervise", "s6-svscan"), True),
        (9, {"SUPERVISOR_ENABLED": "1"}, ("python3",), True),
        (9, {}, ("tini",), True),
        (1, {}, (), True),
    ],
)
def test_recognized(pid, environ, above, worth):
    """Only where there is somebody is anybody asked: a server by hand starts no other process for it."""
    assert is_supervised(pid, environ, above) is worth

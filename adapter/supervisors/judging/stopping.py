"""The stop: does the supervisor ask for one, of the right process, and is it patient enough?"""

import math
from collections.abc import Iterator
from signal import Signals
from typing import NamedTuple

from adapter.lifecycle.commands import Command
from adapter.lifecycle.dialects import DIALECTS
from adapter.lifecycle.limits import LAST_WORD, MERCY
from adapter.supervisors.judging.facts import (
    S6,
    Container,
    Daemontools,
    Facts,
    Instance,
    Runit,
    Supervisor,
    Supervisord,
    Systemd,
)
from adapter.supervisors.judging.finding import Finding
from adapter.supervisors.judging.numbers import meant

_DOCKER = 10.0  # seconds, unless the container was started with others
_SV = 7.0  # seconds that sv waits, unless $SVWAIT or its -w say otherwise
_MARGIN = 10  # seconds beyond the drain that `adapter conf` writes, too


class Patience(NamedTuple):
    """Who kills us when, and how that is made later."""

    seconds: float
    whose: str
    remedy: str


def needed(instance: Instance) -> float:
    """Seconds from TERM to the end of the slowest stop: what is stuck in C is killed a moment after the drain."""
    return instance.lame_duck + instance.drain + MERCY + LAST_WORD


def time(facts: Facts) -> Iterator[Finding]:
    """Who kills must wait for longer than we take. systemd does, if we may tell it how long that is (EXTEND_TIMEOUT_USEC)."""
    if isinstance(facts.supervisor, Systemd) and facts.instance.notifies is not False:
        return
    needs, theirs = needed(facts.instance), patience(facts)
    if theirs is not None and theirs.seconds < needs:
        yield Finding(
            "stop-time",
            f"{theirs.whose} after {theirs.seconds:g} s, and a stop may take {needs:g} s ({_parts(facts.instance)}):"
            " requests in flight would be cut",
            f"{theirs.remedy}, or lower --drain-timeout",
        )
    elif isinstance(facts.supervisor, Runit) and needs > (sv := sv_waits(facts.instance)):
        yield Finding(
            "stop-time",
            f"sv gives up waiting after {sv:g} s and exits with 1, and a stop may take {needs:g} s ({_parts(facts.instance)}):"
            " nothing is killed, and the stop goes on",
            f"say SVWAIT={_enough(facts.instance)} in the environment, or sv -w {_enough(facts.instance)}",
            wrong=False,
        )


def sv_waits(instance: Instance) -> float:
    """Seconds that sv waits, as far as we can know."""
    return float(meant(instance.environ.get("SVWAIT", "")) or _SV)


def _parts(instance: Instance) -> str:
    lame = f"--lame-duck {instance.lame_duck:g} s, " if instance.lame_duck else ""
    return f"{lame}--drain-timeout {instance.drain:g} s, and {MERCY + LAST_WORD:g} s for who is stuck"


def _enough(instance: Instance) -> int:
    return math.ceil(instance.lame_duck + instance.drain) + _MARGIN


def patience(facts: Facts) -> Patience | None:
    """How long it waits from TERM to KILL; None: it never kills, or nobody knows."""
    enough = _enough(facts.instance)
    match facts.supervisor:
        case Supervisord(stop_wait=float(seconds), where=where):
            return Patience(seconds, "supervisord kills", f"write stopwaitsecs={enough} in {where}")
        case S6(kill_after=float(seconds), where=where):
            return Patience(seconds, "s6-supervise kills", f"write {enough * 1000} into {where}/timeout-kill")
        case Systemd(stop_wait=float(seconds), where=where):
            return Patience(seconds, "systemd kills", f"write TimeoutStopSec={enough} in {where}")
        case Container(stop_wait=None):
            return Patience(
                _DOCKER,
                "Docker kills, unless it is told otherwise,",
                f"say docker run --stop-timeout {enough} (Compose: stop_grace_period: {enough}s), and `adapter doctor --patience {enough}` believes it",
            )
        case Container(stop_wait=float(seconds)):
            return Patience(seconds, "the container is killed", f"say docker run --stop-timeout {enough}")
    return None


def signal(facts: Facts) -> Iterator[Finding]:
    """What it sends must mean a stop that drains."""
    number, where = _signal(facts.supervisor)
    meant = DIALECTS[facts.instance.signals].get(number)
    if facts.supervisor is None or meant is Command.STOP:
        return
    name = number.name.removeprefix("SIG")
    means = "nothing" if meant is None else meant.value
    if facts.instance.signals != "default" and DIALECTS["default"].get(number) is Command.STOP:
        remedy = "leave --signals uwsgi out, or have it send PWR"
    else:
        remedy = f"have it send TERM: {where}"
    lost = "requests in flight are cut" if meant is Command.STOP_NOW else "it does not stop, and is killed or left running"
    yield Finding("stop-signal", f"to stop us {name} is sent, which means {means} here: {lost}", remedy)


def _signal(supervisor: Supervisor | None) -> tuple[Signals, str]:
    match supervisor:
        case Supervisord(stop_signal=int(number), where=where):
            return Signals(number), f"write stopsignal=TERM in {where}"
        case S6(down_signal=int(number), where=where):
            return Signals(number), f"remove {where}/down-signal"
        case Systemd(stop_signal=str(name), where=where) if name in Signals.__members__:
            return Signals[name], f"write KillSignal=SIGTERM in {where}"
    return Signals.SIGTERM, "it is the default of every supervisor"


def kill_group(facts: Facts) -> Iterator[Finding]:
    """A KILL should take the workers, too."""
    match facts.supervisor:
        case Supervisord(kills_group=False, where=where):
            yield Finding(
                "kill-group",
                "a KILL of supervisord's reaches the master alone: what the application started lives on, and may keep the port",
                f"write killasgroup=true in {where}",
            )


def stop_group(facts: Facts) -> Iterator[Finding]:
    """A stop is the master's to pass on."""
    match facts.supervisor:
        case Supervisord(stops_group=True, where=where):
            yield Finding(
                "stop-group",
                "supervisord sends TERM to the workers, too: they drain at once, whatever the master has in mind"
                " (--lame-duck, a reload under way)",
                f"write stopasgroup=false and killasgroup=true in {where}",
            )


def in_place(facts: Facts) -> Iterator[Finding]:
    """--restart-in-place is read from supervise/status."""
    if facts.instance.restart_in_place and not isinstance(facts.supervisor, Daemontools | Runit):
        yield Finding(
            "restart-in-place",
            "--restart-in-place is told by supervise or runsv whether TERM means a restart, and neither runs us: TERM is a stop",
            "leave --restart-in-place out",
        )

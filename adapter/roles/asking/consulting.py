"""The facts about whoever runs a master: the supervisor is asked where it can be, and its files are read where it cannot."""

import os
from collections.abc import Mapping, Sequence

from adapter.exits import Fatal, SystemFailure
from adapter.supervisors import unitfile
from adapter.supervisors.judging.facts import S6, Container, Daemontools, Runit, Supervisor, Supervisord, Systemd
from adapter.supervisors.judging.numbers import meant
from adapter.supervisors.judging.starting import SHELLS
from adapter.supervisors.supervisord import conffile, rpc
from adapter.unix import procfs
from adapter.unix.procfs import Process

_UNITS = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system")
_MARKS = ("/.dockerenv", "/run/.containerenv")
_INITS = frozenset({"docker-init", "tini", "dumb-init", "catatonit"})


def supervisor(pid: int, environ: Mapping[str, str], above: Sequence[Process], patience: float | None) -> Supervisor | None:
    """The nearest above it that we know; `patience`: seconds that somebody said a container has."""
    for each in above:
        match each.name:
            case "supervisord":
                return _supervisord(each, environ)
            case "supervise":
                return Daemontools(procfs.directory(each.pid))
            case "runsv":
                return Runit(procfs.directory(each.pid))
            case "s6-supervise":
                return _s6(procfs.directory(each.pid))
    starter = next((each.name for each in above if each.name not in SHELLS), "")
    if starter == "systemd" and (unit := procfs.read(pid, "cgroup").strip().rpartition("/")[2]).endswith(".service"):
        return _systemd(unit)
    first = procfs.status(pid).get("NSpid", "").split()[-1:] == ["1"] or bool(above and above[0].name in _INITS)
    if first and any(os.path.exists(f"/proc/{pid}/root{mark}") for mark in _MARKS):
        return Container(patience)
    # Run by the interpreter (python -m), it is not called supervisord.
    return _supervisord(None, environ) if "SUPERVISOR_ENABLED" in environ else None


def _supervisord(process: Process | None, environ: Mapping[str, str]) -> Supervisord:
    group, name = environ.get("SUPERVISOR_GROUP_NAME", ""), environ.get("SUPERVISOR_PROCESS_NAME", "")
    known = Supervisord(name=name if group == name else f"{group}:{name}", where=f"the section of {group} in its configuration")
    conf = _conf(process) if process else None
    if conf is not None and (section := conf.program(group, name)) is not None:
        said = section.settings.get("autorestart", "unexpected").lower()
        known = known._replace(
            where=str(section),
            stops_group=section.says("stopasgroup"),
            restarts="true" if section.says("autorestart") else said,
            socket=section.settings.get("socket", "") if section.kind == "fcgi-program" else "",
        )
    url = environ.get("SUPERVISOR_SERVER_URL") or (conf.url if conf else "")
    if not url:
        return known._replace(unknown="it has no http server section")
    try:
        return _asked(known, url, (conf.credentials if conf else None) or _credentials(environ), group, name)
    except SystemFailure as failure:
        return known._replace(unknown=failure.sentence)


def _credentials(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """As supervisor's own childutils finds them."""
    name = environ.get("SUPERVISOR_USERNAME", "")
    return (name, environ.get("SUPERVISOR_PASSWORD", "")) if name else None


def _conf(process: Process) -> conffile.Conf | None:
    path = conffile.named(process.words, procfs.directory(process.pid))
    try:
        return conffile.read(path) if path else None
    except (OSError, ValueError):
        return None


def _asked(known: Supervisord, url: str, credentials: tuple[str, str] | None, group: str, name: str) -> Supervisord:
    every = rpc.call(url, "supervisor.getAllConfigInfo", credentials=credentials)
    try:
        ours = [each for each in every if each["group"] == group]
        mine = next(each for each in ours if each["name"] == name)
        known = known._replace(
            stop_wait=float(mine["stopwaitsecs"]),
            stop_signal=int(mine["stopsignal"]),
            kills_group=bool(mine["killasgroup"]),
            start_seconds=float(mine["startsecs"]),
            processes=len(ours),
        )
    except (LookupError, TypeError, ValueError, StopIteration):
        raise SystemFailure(f"it knows no {known.name}, or is of a version that tells other things") from None
    try:
        return known._replace(holds_socket=group in rpc.call(url, "adapter.held", credentials=credentials))
    except (Fatal, TypeError):
        return known  # without our plug-in: nobody holds it


def _s6(directory: str) -> S6:
    kill, down, ready = (_text(os.path.join(directory, name)) for name in ("timeout-kill", "down-signal", "notification-fd"))
    patience = meant(kill)
    return S6(
        directory,
        kill_after=patience / 1000 if patience else None,
        down_signal=_signal(down) if down else None,
        ready_fd=meant(ready),
    )


def _signal(text: str) -> int | None:
    """By number, or by name, with SIG or without."""
    import signal  # noqa: PLC0415 -- seldom asked for

    if (number := meant(text)) is not None:
        return number
    name = text.upper() if text.upper().startswith("SIG") else f"SIG{text.upper()}"
    return signal.Signals[name] if name in signal.Signals.__members__ else None


def _systemd(unit: str) -> Systemd:
    if not (files := _unit_files(unit)):
        return Systemd(unit)
    said = unitfile.settings(map(_text, files))
    return Systemd(files[0], said["Type"], unitfile.seconds(said["TimeoutStopSec"]), said["KillSignal"])


def _unit_files(unit: str) -> list[str]:
    """The unit's file, and its drop-ins by name; of files of one name the first directory's counts (systemd.unit(5))."""
    stem, at, _ = unit.partition("@")
    names = [unit, f"{stem}@.service"] if at else [unit]
    main = [path for name in names for each in _UNITS if os.path.exists(path := os.path.join(each, name))]
    drops: dict[str, str] = {}
    for directory in (os.path.join(each, f"{name}.d") for name in names for each in _UNITS):
        try:
            found = [name for name in os.listdir(directory) if name.endswith(".conf")]
        except OSError:
            continue
        for name in found:
            drops.setdefault(name, os.path.join(directory, name))
    return [*main[:1], *(drops[name] for name in sorted(drops))] if main else []


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""

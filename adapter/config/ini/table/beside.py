"""What uWSGI runs beside the workers: under a supervisor a program is a service of its own, and cron(8) does what is due."""

import re
import shlex
from collections.abc import Sequence

from adapter.config.commands import service_name, words
from adapter.config.ini.rows import Companion, Line, Outcome, Row, Said, Sheet, Verdict, ignored, refused
from adapter.config.ini.table.crontab import times
from adapter.exits import Misuse

_SERVICE = "is a service of its own under the same supervisor"
_QUEUE = (
    "there is no spooler, and no program that could be one: it runs functions of the application. A task queue (Celery, RQ, huey) does"
    f" that, whose worker {_SERVICE}: `adapter conf supervisord --beside 'celery --app shop worker'` writes one"
)
_CRON = "cron(8) does it, or a timer of the supervisor; uwsgidecorators.cron works in the application"
_TERM = frozenset({"15", "TERM", "SIGTERM"})
_KEYED = re.compile(r"[a-z0-9_]+=[^ ]*( |$)")


def _said(line: Line, why: str, companion: Companion | None) -> Said:
    """Refused, with the program that is to be a service, if it is one."""
    try:
        words(companion.command if companion else "")
    except Misuse:
        return Said(line, Verdict.REFUSED, f"{why}; what is to be started, and when, is not understood")
    return Said(line, Verdict.REFUSED, why, companion)


def _mules(_: Sheet, lines: Sequence[Line]) -> Outcome:
    for line in lines:
        if line.name == "farm":
            yield Said(
                line,
                Verdict.REFUSED,
                "a farm is made of mules, which are services of their own: its messages go through a task queue",
            )
        elif line.name == "mules" or line.value.isdigit() or line.value.lower() in {"", "true", "on", "yes"}:
            sentence = "a mule without a file has no program to be written down: it runs what the application sends it, as the worker of a task queue does"
            yield Said(line, Verdict.REFUSED, sentence)
        elif line.value.endswith(".py"):
            found = Companion(service_name(line.value, "program"), f"python -u {shlex.quote(line.value)}", script=line.value)
            yield _said(line, f"a mule {_SERVICE}", found)
        elif re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", line.value):
            module, _colon, function = line.value.partition(":")
            code = shlex.quote(f"from {module} import {function} as run; run()")
            yield Said(
                line, Verdict.REFUSED, f"a mule {_SERVICE}", Companion(service_name(function, "program"), f"python -u -c {code}")
            )
        else:
            yield Said(
                line, Verdict.REFUSED, f"a mule {_SERVICE}; uWSGI itself takes FILE.py or MODULE:FUNCTION for one of Python's"
            )


def _daemons(_: Sheet, lines: Sequence[Line]) -> Outcome:
    for line in lines:
        read = {
            "attach-daemon2": _keyed,
            "smart-attach-daemon": _with_pidfile,
            "smart-attach-daemon2": _with_pidfile,
        }.get(line.name, _plain)
        yield _said(line, f"it {_SERVICE}", read(line))


def _plain(line: Line) -> Companion:
    return _program(line.value)


def _program(command: str, changes: Sequence[str] = (), chdir: str = "", user: str = "") -> Companion:
    """Named after what is started."""
    split = [word.strip("'\"") for word in command.split() if "=" not in word and word not in {"env", "exec"}]
    named = next((word for word in split if word.endswith(".py")), split[0] if split else command)
    return Companion(service_name(named, "program"), command, tuple(changes), chdir, user)


def _with_pidfile(line: Line) -> Companion | None:
    """`PIDFILE[,CHECKS] COMMAND`."""
    pidfile, _, command = line.value.partition(" ")
    pidfile = pidfile.partition(",")[0]
    if not command.strip():
        return None
    if line.name == "smart-attach-daemon2":
        return _program(command.strip(), [f"nobody writes {pidfile}: whoever needs it asks the supervisor"])
    return _program(
        command.strip(),
        [f"it puts itself into the background and writes {pidfile}: let it stay in the foreground (leave out -d or the like)"],
    )


def _keyed(line: Line) -> Companion | None:
    """`cmd=COMMAND,key=value`."""
    told = {key.strip(): value for key, _, value in (part.partition("=") for part in line.value.split(","))}
    command = next((told[key] for key in ("command", "cmd", "exec") if told.get(key)), "")
    if not command:
        return None
    changes = []
    stop = told.get("stopsignal") or told.get("stop_signal") or "TERM"
    if stop not in _TERM:
        changes.append(f"uWSGI stops it by signal {stop}, its supervisor by TERM")
    if told.get("pidfile") and (told.get("daemonize") or told.get("daemon")):
        changes.append("it is put into the background there; here it has to stay in the foreground")
    if touched := told.get("touch"):
        changes.append(f"uWSGI starts it anew when {touched} is touched; here whoever does that restarts it")
    if told.get("gid"):
        changes.append(f"its group {told['gid']} is for you to set")
    return _program(command, changes, told.get("chdir", ""), told.get("uid", ""))


def _crons(_: Sheet, lines: Sequence[Line]) -> Outcome:
    for line in lines:
        keyed, fields, command = _scheduled(line)
        if line.name in {"curl-cron", "cron-curl"}:
            command = f"curl -fsS {shlex.quote(command)} >/dev/null" if command else ""
        when = times(fields)
        companion = _program(command)._replace(
            times=when or "",
            alone=line.name == "unique-cron" or keyed.get("unique", "0") != "0",
            seconds=keyed.get("harakiri", ""),
        )
        yield _said(line, _CRON, companion if when else None)


def _scheduled(line: Line) -> tuple[dict[str, str], list[str], str]:
    """cron2's keys, the five fields, and the command."""
    if line.name != "cron2":
        words = line.value.split(None, 5)
        return {}, words[:5], words[5] if len(words) > 5 else ""  # noqa: PLR2004 -- crontab's fields
    if not _KEYED.match(line.value):
        return {}, ["-1"] * 5, line.value
    first, _, command = line.value.partition(" ")
    keyed = dict(part.partition("=")[::2] for part in first.split(","))
    return keyed, [keyed.get(key, "-1") for key in ("minute", "hour", "day", "month", "week")], command.strip()


ROWS: tuple[Row, ...] = (
    refused("attach-daemon attach-daemon2 attach-control-daemon smart-attach-daemon smart-attach-daemon2", f"it {_SERVICE}: `adapter translate FILE --to KIND` writes it", _daemons),
    refused("mule mules farm", f"a mule {_SERVICE}: `adapter translate FILE --to KIND` writes it; one without a file is the worker of a task queue", _mules),
    ignored("mule-harakiri mule-reload-mercy mule-msg-size touch-mules-reload hook-as-mule", "there are no mules"),
    refused("spooler spooler-external", _QUEUE),
    ignored("spooler-* touch-spoolers-reload", "there is no spooler"),
    ignored("daemons-honour-stdin cron-harakiri", "there are none"),
    refused("cron cron2 unique-cron curl-cron cron-curl", f"{_CRON}; `adapter translate FILE` writes the line of the crontab", _crons),
)  # fmt: skip

"""The start: who is between the supervisor and us, and when does it take us for started?"""

from collections.abc import Iterator
from os.path import basename

from adapter.supervisors.judging.facts import S6, Daemontools, Facts, Runit, Supervisord, Systemd
from adapter.supervisors.judging.finding import Finding

SHELLS = frozenset({"sh", "dash", "bash", "ash", "ksh", "mksh", "zsh", "busybox"})
_LEAST_START = 3.0  # seconds; supervisord looks once a second, and takes the first deaths for successes with less
_NOTIFYING = frozenset({"notify", "notify-reload"})


def wrapper(facts: Facts) -> Iterator[Finding]:
    """A shell that stays above us keeps the signals that are meant for us."""
    nearest = facts.ancestors[0] if facts.ancestors else None
    if nearest is None or nearest.name not in SHELLS or not _is_script(nearest.words):
        return
    why = " (process 1 does not even hear it)" if nearest.pid == 1 else ""
    yield Finding(
        "wrapper",
        f"a shell is between the supervisor and us ({nearest.name}, pid {nearest.pid}): TERM and HUP end there{why},"
        " and a KILL leaves us running",
        f"write exec before adapter in {_called(nearest.words)}",
    )


def _is_script(words: tuple[str, ...]) -> bool:
    """An interactive shell has options only."""
    return any(not word.startswith(("-", "+")) for word in words[1:])


def _called(words: tuple[str, ...]) -> str:
    """The script's name. Not what follows -c: it may hold secrets."""
    if any(word.startswith("-") and "c" in word for word in words[1:2]):
        return f"the command of {basename(words[0])} -c"
    return next(word for word in words[1:] if not word.startswith(("-", "+")))


def process_one(facts: Facts) -> Iterator[Finding]:
    """Whoever is process 1 must reap strangers; we do."""
    if facts.zombies and facts.instance.inner != 1:
        yield Finding(
            "process-one",
            f"process 1 does not reap: {facts.zombies} dead processes are left (unless they have died just now)",
            "let adapter be process 1 itself (exec it), or run an init there (docker run --init, tini)",
            wrong=False,
        )


def asked(facts: Facts) -> Iterator[Finding]:
    """What could not be found out is said, too."""
    match facts.supervisor:
        case Supervisord(unknown=str(why)) if why:
            yield Finding(
                "supervisor",
                f"supervisord runs us, and could not be asked how: {why}",
                "ask as its user, and give it a [unix_http_server]; name and password, if it wants them, as SUPERVISOR_USERNAME and"
                " SUPERVISOR_PASSWORD in environment=",
                wrong=False,
            )
        case None:
            yield Finding(
                "supervisor",
                "no supervisor that we know runs us: nobody starts us anew, and nobody's patience was compared",
                "adapter conf KIND APP writes the configuration of one",
                wrong=False,
            )


def start_seconds(facts: Facts) -> Iterator[Finding]:
    """supervisord takes a start for a success after so long."""
    match facts.supervisor:
        case Supervisord(start_seconds=float(seconds), where=where) if seconds < _LEAST_START:
            yield Finding(
                "start-seconds",
                f"supervisord takes a start for a success after {seconds:g} s, and looks once a second: a crash at the start is"
                " tried again for ever instead of being given up",
                f"write startsecs={_LEAST_START:g} or more in {where}, best longer than the application takes to import",
            )


def restarts(facts: Facts) -> Iterator[Finding]:
    """After a stop that was not supervisord's we leave with 0."""
    match facts.supervisor:
        case Supervisord(restarts=("unexpected" | "false") as said, where=where):
            after = "after any end" if said == "false" else "after exit 0, which is how we leave when somebody else sends TERM"
            yield Finding(
                "restarts",
                f"autorestart={said}: {after}, nobody starts us anew",
                f"write autorestart=true in {where}",
                wrong=False,
            )


def notify(facts: Facts) -> Iterator[Finding]:
    """systemd listens to what we say only if it was told to."""
    told = facts.instance.notifies
    match facts.supervisor:
        case Systemd(kind=str(kind), where=where) if told and kind not in _NOTIFYING:
            yield Finding(
                "notify",
                f"NOTIFY_SOCKET is set, but Type={kind}: systemd takes us for ready at once, and starts what needs us too early",
                f"write Type=notify (systemd 253: notify-reload) in {where}",
            )
        case Systemd(kind=str(kind), where=where) if told is False and kind in _NOTIFYING:
            yield Finding(
                "notify",
                f"Type={kind}, but NOTIFY_SOCKET did not reach us: systemd waits for a word until it gives the start up",
                f"pass NOTIFY_SOCKET on to adapter, or have adapter itself as ExecStart= of {where}",
            )
        case Supervisord() | S6() | Runit() | Daemontools() if told:
            yield Finding(
                "notify",
                "NOTIFY_SOCKET is set, and meant for somebody above the supervisor that runs us: we speak in that one's name",
                "unset NOTIFY_SOCKET for us",
                wrong=False,
            )


def ready(facts: Facts) -> Iterator[Finding]:
    """s6 waits for a newline where ./notification-fd says."""
    match facts.supervisor:
        case S6(ready_fd=int(number), where=where) if facts.instance.ready_fd != number:
            yield Finding(
                "ready",
                f"{where}/notification-fd says {number}, and nothing is said there: s6 never takes us for ready, s6-svwait -U"
                " waits for ever, each restart pauses for a second",
                f"say --ready-fd {number}, or remove the file",
            )

"""From what was said in five places to one `Settings`: command line, then environment, config file, INI file, then default.

An `--envdir` counts as environment, and wins over the environment we were started with, as envdir(8) does.
"""

from __future__ import annotations

import os

from adapter.config import envdir
from adapter.config.kinds import Value, here
from adapter.config.settings import OPTIONS, PREFIX, Option, Settings, spelled, variable
from adapter.exits import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

_SLOTS = 10  # of the FIFO: one digit chooses


class Said:
    """What was said for one option, and where."""

    __slots__ = ("origin", "texts")

    def __init__(self, texts: list[str], origin: str) -> None:
        self.texts = texts
        self.origin = origin


def resolve(
    cli: Mapping[str, object],
    environ: Mapping[str, str],
    tell: Callable[[str, bool], None] | None = None,
    *,
    again: bool = False,
) -> Settings:
    """All options, checked.

    `cli` has fields of `Settings` as keys: text, a list of texts for what is repeatable, a bool for a flag;
    None and () mean "not given". `tell` hears the remarks on an INI file, and whether they are serious; `again`: this is a reload.
    Raises Misuse or SystemFailure.
    """
    asked = dict(_from_command_line(cli))
    outside = dict(_from_environment(environ, "in the environment"))
    inside = _from_envdirs(outside, asked)
    heard = outside | inside
    written: dict[str, Said] = {}
    config, ini = asked.get("config") or heard.get("config"), asked.get("ini") or heard.get("ini")
    if config and config.texts[-1].endswith(".ini"):
        config, ini = None, ini or config
    if config:
        from adapter.config import file  # noqa: PLC0415 -- `re`, and only for those with a config file

        written = {name: Said(*said) for name, said in file.read(_path("config", config)).items()}
    if ini := ini or written.get("ini"):
        from adapter.config.ini.said import said as of_ini  # noqa: PLC0415 -- much of it, and only for those who come from uWSGI

        found, remarks = of_ini(_path("ini", ini), environ, again=again)
        written = {**{name: Said(*said) for name, said in found.items()}, **written}
        if tell is not None:
            for sentence, serious in remarks:
                tell(sentence, serious)
    heard = outside | _from_envdirs(written) | inside
    values = {name: _parsed(name, said) for name, said in {**written, **heard, **asked}.items()}
    # They add up, whoever names them: the run script of a service directory has one of its own.
    values["envdir"] = tuple(_directories(written, outside, asked))
    return _agreed(Settings(**_ranged(values)))


def near_misses(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each ADAPTER_ variable that is no option but nearly one.

    Not an error: Kubernetes gives every pod ADAPTER_PORT and ADAPTER_SERVICE_HOST when some service is called `adapter`.
    """
    from adapter.config.nearest import nearest  # noqa: PLC0415 -- inetd has nobody to tell

    known = {variable(name): name for name in OPTIONS}
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    close = {name: nearest(name, known, likeness=0.9) for name in strange}
    return [f"{name} in the environment is no option: did you mean {near}?" for name, near in close.items() if near]


def _from_command_line(cli: Mapping[str, object]) -> Iterator[tuple[str, Said]]:
    for name, given in cli.items():
        origin = spelled(name)
        if isinstance(given, bool):
            yield name, Said(["true" if given else "false"], origin if given else origin.replace("--", "--no-", 1))
        elif given is not None and given != ():
            texts = [str(text) for text in given] if isinstance(given, list | tuple) else [str(given)]
            yield name, Said(texts, origin)


def _from_environment(environ: Mapping[str, str | None], where: str) -> Iterator[tuple[str, Said]]:
    if not any(
        name.startswith(PREFIX) for name in environ
    ):  # as for most of inetd's connections: to ask for each option takes longer
        return
    for name, option in OPTIONS.items():
        # Set to nothing is not set: compose files and unit files write `ADAPTER_BIND=` for "the default".
        if option.between is not None and not option.only_asked and (text := environ.get(variable(name))):
            texts = [part for part in text.split(option.between) if part] if option.many else [text]
            yield name, Said(texts, f"{variable(name)} {where}")


def _directories(*sources: Mapping[str, Said]) -> Iterator[str]:
    for source in sources:
        if said := source.get("envdir"):
            yield from _parsed("envdir", said)


def _from_envdirs(*sources: Mapping[str, Said]) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for directory in _directories(*sources):
        found |= _from_environment(envdir.read(directory), f"in the envdir {directory}")
        if said := found.get("envdir"):
            raise Misuse(f"{said.origin}: an envdir cannot name another one; say --envdir twice")
    return found


def _path(name: str, said: Said) -> str:
    return str(_parsed(name, said))


def _parsed(name: str, said: Said) -> Any:
    option = OPTIONS[name]
    values = [_value(option, text, said.origin) for text in said.texts]
    return tuple(values) if option.many else values[-1]


def _value(option: Option, text: str, origin: str) -> Value:
    try:
        value = option.kind.parse(text)
    except Misuse as error:
        raise Misuse(f"{origin}: {error.sentence}") from None
    except ValueError:
        shown = text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004 -- a line's worth
        raise Misuse(f"{origin}: '{shown}' is not {option.kind.allowed}") from None
    return os.path.join(here(), value) if option.kind.relative and isinstance(value, str) else value


def _ranged(values: dict[str, Any]) -> dict[str, Any]:
    """`--workers 2:16` is two options in one word."""
    least, colon, most = str(values.get("workers", "")).partition(":")
    return {**values, "workers": int(least), "workers_most": int(most)} if colon else values


def _agreed(settings: Settings) -> Settings:
    """What no single option can be asked: that they fit together, and the world."""
    if not (settings.app or settings.mount):
        raise Misuse("no application given: name one, such as pkg.mod:callable or file.py, on the command line or in ADAPTER_APP")
    if settings.app.endswith(".ini"):
        raise Misuse(f"{settings.app} is no application: say --ini {settings.app}")
    if settings.workers_most is not None and settings.workers_most < settings.workers:
        raise Misuse(
            f"--workers-most {settings.workers_most} is less than --workers {settings.workers}: make it more, or leave it out"
        )
    _check_idle(settings)
    if settings.restart_in_place and settings.signals != "default":
        raise Misuse("--restart-in-place and --signals uwsgi both say what TERM means: leave one out")
    if settings.process_communication and settings.log_file is not None:
        raise Misuse("--process-communication speaks to supervisord on stdout, which --log-file takes for itself: leave one out")
    _once_each(settings)
    _check_names(settings)
    if settings.chdir is not None and not os.path.isdir(settings.chdir):
        why = "not a directory" if os.path.exists(settings.chdir) else "no such directory"
        raise Misuse(f"cannot go to --chdir {settings.chdir}: {why}")
    if settings.virtualenv is not None:
        from adapter.config.virtualenvs import packages  # noqa: PLC0415 -- seldom asked for

        packages(settings.virtualenv)
    if settings.uid is not None and settings.gid is None:
        import pwd  # noqa: PLC0415 -- seldom asked for

        try:
            return settings._replace(gid=pwd.getpwuid(settings.uid).pw_gid)
        except KeyError:
            raise Misuse(f"--uid {settings.uid} is in no passwd entry, so its group is unknown: give --gid too") from None
    return settings


def _check_idle(settings: Settings) -> None:
    """Asleep, the first to come waits for a fork; with --lazy-apps it would be an import, of whatever lies on the disk by then."""
    if settings.idle_cheap and settings.lazy_apps:
        raise Misuse(
            "--idle-cheap cannot go with --lazy-apps: there is no loaded application to fork workers from; leave one out"
        )
    if settings.idle_cheap and settings.idle_exit:
        raise Misuse(
            "--idle-cheap and --idle-exit both say what an idle server does, stay without workers or stop: leave one out"
        )


def _check_names(settings: Settings) -> None:
    if settings.pidfile is not None and settings.pidfile == settings.safe_pidfile:
        raise Misuse(f"--pidfile and --safe-pidfile both name {settings.pidfile}: leave one out")
    for path in settings.fifo:
        if settings.fifo.count(path) > 1:
            raise Misuse(f"--fifo names {path} twice: name it once")
    prefixes = [mount.partition("=")[0] for mount in settings.mount]
    for prefix in prefixes:
        if prefixes.count(prefix) > 1 or (not prefix and settings.app):
            raise Misuse(f"{prefix or '/'} is mounted twice: name one application for it (APP itself is at /)")
    if len(settings.fifo) > _SLOTS:
        raise Misuse(f"--fifo is given {len(settings.fifo)} times: there are slots 0 to 9, a letter each")


def _once_each(settings: Settings) -> None:
    """An address speaks one protocol. Port 0 is any free one, a new one each time."""
    named: dict[str, str] = {}
    for name in ("bind", "uwsgi", "scgi", "proxy_protocol"):
        for address in getattr(settings, name):
            if address.endswith(":0"):
                continue
            if (before := named.setdefault(address, spelled(name))) != spelled(name):
                raise Misuse(f"{before} and {spelled(name)} both name {address}: an address speaks one protocol")
            if getattr(settings, name).count(address) > 1:
                raise Misuse(f"{before} names {address} twice: name it once")
    for name in ("stats", "metrics"):
        address = getattr(settings, name) or ""
        if address.startswith(("fd:", "hold:")):
            raise Misuse(f"{spelled(name)} cannot use {address}: name a port or a UNIX socket to be opened")
        if address and not address.endswith(":0") and (before := named.setdefault(address, spelled(name))) != spelled(name):
            raise Misuse(f"{before} and {spelled(name)} both name {address}: each needs one of its own")

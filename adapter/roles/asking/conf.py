"""`adapter conf`: the facts of this machine (user, virtualenv, directory) and what was asked become values; files come back."""

import os
import pwd
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapter.config import addresses
from adapter.config.argv import Given, parse
from adapter.config.kinds import here
from adapter.config.resolve import resolve
from adapter.config.settings import OPTIONS, spelled
from adapter.exits import STOPPED, Misuse
from adapter.log import Log
from adapter.supervisors.confs.kinds import KINDS, Kind
from adapter.supervisors.confs.rendering import File, render
from adapter.supervisors.confs.shelf import templates
from adapter.supervisors.confs.values import Values
from adapter.unix.deposits import put

_OWN = (
    "app",
    "bind",
    "chdir",
    "control",
    "drain_timeout",
    "log_file",
    "pidfile",
    "uid",
    "workers",
)  # what templates say themselves


class Asked(NamedTuple):
    """What the command line said; None: nothing. `more`: words for `adapter serve`."""

    app: str | None = None
    every: str | None = None
    name: str | None = None
    chdir: str | None = None
    bind: str | None = None
    workers: str | None = None
    drain_timeout: str | None = None
    user: str | None = None
    run_dir: str | None = None
    log_dir: str | None = None
    more: tuple[str, ...] = ()


def conf(kind_name: str, asked: Asked, out: str | None, *, force: bool) -> int:
    """Write the configuration below `out`, or print it (None, `-`). Raises Misuse and SystemFailure."""
    kind = KINDS[kind_name]
    services = _several(kind, asked) if asked.every is not None else [_single(kind, asked)]
    files = render(kind, templates(kind), services, together=asked.every is not None)
    warn_of_root(asked.user)
    return deliver(files, out, force=force)


def warn_of_root(user: str | None) -> None:
    """Nobody means that."""
    if os.geteuid() == 0 and user is None:
        Log(2, stamp=False).warning("the application would run as root: say --user NAME")


def deliver(files: Mapping[str, File], out: str | None, *, force: bool) -> int:
    """Print them, or write them below `out`. Raises Misuse and SystemFailure."""
    log = Log(2, stamp=False)
    if out in {None, "-"}:
        print(_printed(files), end="")
        return STOPPED
    directory = os.path.join(here(), str(out))
    written = put(directory, files, force=force)
    for path in files:
        log.info("written" if path in written else "there already", path=os.path.join(directory, path))
    return STOPPED


def _printed(files: Mapping[str, File]) -> str:
    """One file as it is; several with their names between."""
    if len(files) == 1:
        return next(iter(files.values())).text
    return "\n".join(f"==> {path} ({file.mode:o}) <==\n{file.text}" for path, file in files.items())


def _single(kind: Kind, asked: Asked) -> Values:
    if asked.app is None:
        raise Misuse("conf needs an application: name one, such as pkg.mod:callable or file.py (or --all DIR)")
    _check(asked)
    name = asked.name or _named(asked.app)
    values = common(kind, asked, name)._replace(
        app=asked.app,
        chdir=os.path.join(here(), asked.chdir) if asked.chdir else here(),
        more=_more(asked.more),
        workers=asked.workers or "2",
    )
    if asked.bind is not None:
        values = values._replace(bind=asked.bind if "$" in asked.bind else str(addresses.parse(asked.bind)))
    return values


def _several(kind: Kind, asked: Asked) -> list[Values]:
    """A service for each NAME.toml or NAME.ini of a directory, as uWSGI's Emperor has a vassal for each file of one."""
    if not kind.several:
        raise Misuse(f"conf {kind.name} takes one application, each has its own: leave --all out")
    if asked._replace(every=None, user=None, run_dir=None, log_dir=None) != Asked():
        raise Misuse(
            "conf --all takes everything from the files of that directory: only --user, --run-dir and --log-dir go with it"
        )
    directory = os.path.join(here(), str(asked.every))
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith((".toml", ".ini")))
    except OSError as error:
        raise Misuse(f"cannot read the directory {directory}: {error.strerror}") from None
    if not names:
        raise Misuse(
            f"{directory} has no file NAME.toml or NAME.ini: each is an adapter's --config, and becomes a service of that name"
        )
    services = []
    for each in names:
        path = os.path.join(directory, each)
        settings = resolve({"config": path}, {})
        services.append(of_config(kind, asked._replace(name=os.path.splitext(each)[0]), path, settings.drain_timeout))
    return services


def of_config(kind: Kind, asked: Asked, path: str, drain: float | None) -> Values:
    """A service that takes everything from a --config file; `asked` has its name."""
    return common(kind, asked, str(asked.name))._replace(config=path, drain=_whole(drain or kind.drain))


def common(kind: Kind, asked: Asked, name: str) -> Values:
    """What every service has."""
    own = kind.own
    return Values(
        name=name,
        program=_program(),
        user=asked.user or (pwd.getpwuid(os.geteuid()).pw_name if kind.privileged else None),
        drain=kind.drain if asked.drain_timeout is None else _whole(_seconds(asked.drain_timeout)),
        run=_directory(asked.run_dir, "." if own else f"/run/{name}"),
        logs=_directory(asked.log_dir, "." if own else f"/var/log/{name}"),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def _directory(said: str | None, otherwise: str) -> str:
    return otherwise if said is None else os.path.join(here(), said)


def _program() -> str:
    """The adapter of this virtualenv, by an absolute path: supervisors know no virtualenv."""
    program = os.path.join(sysconfig.get_path("scripts"), "adapter")
    return program if os.path.exists(program) else os.path.abspath(sys.argv[0])


def _named(app: str) -> str:
    """`shop.wsgi:app` is `shop`, `hello.py` is `hello`."""
    file = app.partition(":")[0]
    return os.path.basename(file).removesuffix(".py") if file.endswith(".py") else file.partition(".")[0]


def _check(asked: Asked) -> None:
    """The options are adapter's own: what `adapter serve` refuses, nobody should find in a configuration."""
    said: Given = {}
    for name in ("app", "workers", "drain_timeout", "chdir"):
        if (value := getattr(asked, name)) is not None:
            said[name] = value
    more = parse(asked.more, "serve")
    if twice := [spelled(name) for name in more if name in _OWN]:
        raise Misuse(f"conf says {', '.join(twice)} itself: leave it out behind --, or use conf's own option of that name")
    resolve({**said, **more}, {})


def _more(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The options behind `--`, each its name and its value."""
    found: list[tuple[str, ...]] = []
    for name, value in parse(words, "serve").items():
        option = spelled(name)
        if isinstance(value, bool):
            found.append((option if value else option.replace("--", "--no-", 1),))
        else:
            found += [(option, each) for each in (value if isinstance(value, list) else [value])]
    return tuple(found)


def _seconds(text: str) -> float:
    kind = OPTIONS["drain_timeout"].kind
    try:
        return float(kind.parse(text) or 0)
    except ValueError:
        raise Misuse(f"--drain-timeout: '{text}' is not {kind.allowed}") from None


def _whole(seconds: float) -> int:
    """Supervisors count whole seconds."""
    return -int(-seconds // 1)

"""From a kind, its templates and values to files: a pure function.

A template is the file itself, with @{…} where a value goes. A line that needs a value nobody gave is left out, and so is a file
of which nothing is left.
"""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from adapter.exits import Misuse
from adapter.supervisors.confs.kinds import Kind, Piece
from adapter.supervisors.confs.syntax import Syntax
from adapter.supervisors.confs.values import Values, checked, plain

_PLACE = re.compile(r"@\{([a-z0-9_]+)\}")
_TOLD = "@{told}"  # a comment, which has a line for each of its sentences
_MARGIN = (
    10  # seconds a supervisor waits beyond the drain: what is stuck in C is killed 1.5 s after it, the rest is for a busy machine
)
_GROUP = "apps"  # in supervisord: its processes are called apps:NAME


class File(NamedTuple):
    """What is to be written."""

    text: str
    mode: int


class Spot(NamedTuple):
    """Where a value goes: its file's syntax, the kind, the service, and all of them when they are written together."""

    syntax: Syntax
    kind: Kind
    values: Values
    group: tuple[Values, ...]


def render(kind: Kind, templates: Mapping[str, str], services: Sequence[Values], *, together: bool = False) -> dict[str, File]:
    """Each file's relative path, and the file. `together`: several services below one directory, each with one of its own
    unless its files' names tell them apart. Raises Misuse.
    """
    group = tuple(services) if together else ()
    files: dict[str, File] = {}
    for values in services:
        for piece in kind.pieces:
            spot = Spot(piece.syntax, kind, _judged(kind, values), group)
            text = _filled(templates[piece.template], spot)
            if text:
                files[_path(piece, values.name, together=together)] = File(text, piece.mode)
    return files


def _path(piece: Piece, name: str, *, together: bool) -> str:
    path = piece.path.replace("@{name}", name)
    return f"{name}/{path}" if together and not piece.shared and path == piece.path else path


def _judged(kind: Kind, values: Values) -> Values:
    if values.app is None and values.config is None and not values.command:
        raise Misuse("no application given: name one, such as pkg.mod:callable or file.py")
    for path in (values.chdir, values.config, values.run, values.logs):
        if path is not None and not kind.own and not path.startswith("/"):
            raise Misuse(f"{kind.name} does not run a program where its configuration is: {path} must be an absolute path")
    return checked(values)


def _filled(template: str, spot: Spot) -> str:
    lines = []
    for line in template.splitlines(keepends=True):
        if _TOLD in line:
            lines += [line.replace(_TOLD, each) for each in spot.values.told]
            continue
        told = {place: PLACES[place](spot) for place in _PLACE.findall(line)}
        if None not in told.values():
            lines.append(_PLACE.sub(lambda found, told=told: str(told[found[1]]), line))  # type: ignore[misc]  # a default binds it
    return "".join(lines)


def _word(choose: Callable[[Values], str | None]) -> Callable[[Spot], str | None]:
    """One word of the syntax."""

    def spelled(spot: Spot) -> str | None:
        text = choose(spot.values)
        return None if text is None else spot.syntax.spell(text)

    return spelled


def _file(choose: Callable[[Values], str | None]) -> Callable[[Spot], str | None]:
    """A path, spelled."""

    def spelled(spot: Spot) -> str | None:
        text = choose(spot.values)
        return None if text is None else spot.syntax.path(posixpath.normpath(text))

    return spelled


def _serve(spot: Spot) -> str:
    """What is served, where and by how many: the words behind `adapter serve`, as far as they are this kind's to say."""
    syntax, values = spot.syntax, spot.values
    if values.config is not None:
        words = [syntax.option("--config", syntax.path(values.config))]
    else:
        words = [syntax.spell(str(values.app))]
        if values.chdir is not None:
            words.append(syntax.option("--chdir", syntax.path(values.chdir)))
        if spot.kind.address:
            words.append(syntax.option("--bind", syntax.address(values.bind)))
        if spot.kind.workers:
            words.append(syntax.option("--workers", syntax.spell(values.workers)))
            words.append(syntax.option("--drain-timeout", f"{values.drain}s"))
    return syntax.between.join(words)


def _more(spot: Spot) -> str:
    """Further options, each behind what separates it from the one before."""
    syntax = spot.syntax
    return "".join(
        syntax.between + (syntax.option(name, syntax.spell(value[0])) if value else syntax.spell(name))
        for name, *value in spot.values.more
    )


def _limit(spot: Spot) -> str:
    return "" if spot.values.config is not None else f" --drain-timeout {spot.values.drain}s"


def _tcp(choose: Callable[[Values], str]) -> Callable[[Spot], str]:
    """Half of HOST:PORT, for a supervisor that opens it."""

    def spelled(spot: Spot) -> str:
        if spot.values.bind.startswith("unix:"):
            raise Misuse(f"{spot.kind.name} opens a TCP port: say --bind HOST:PORT")
        return spot.syntax.address(":" + choose(spot.values))[1:]

    return spelled


def _socket(spot: Spot) -> str:
    """The address as supervisord's [fcgi-program] has it."""
    if spot.values.bind.startswith("unix:"):
        return "unix://" + spot.syntax.path(spot.values.bind.removeprefix("unix:"))
    return "tcp://" + spot.syntax.address(spot.values.bind)


def _stream(spot: Spot) -> str:
    """The address as systemd's ListenStream has it."""
    text = spot.values.bind.removeprefix("unix:")
    if "$" in text or spot.syntax.spell(text) != text:
        raise Misuse(
            f"{spot.kind.name} takes an address as it is, without quotes and variables, and cannot say {text!r}: use another"
        )
    return text


def _runtime(spot: Spot) -> str | None:
    """The directory of sockets as systemd's RuntimeDirectory has it, if that is to make it."""
    run = posixpath.normpath(spot.values.run)
    return run.removeprefix("/run/") if run.startswith("/run/") else None


def _identifier(spot: Spot) -> str:
    """The name as part of a shell's variables."""
    if not spot.values.name.replace("-", "_").isidentifier():
        raise Misuse(
            f"{spot.kind.name} makes a shell's variable of the name, and {spot.values.name!r} begins with a digit: say --name"
        )
    return spot.values.name.replace("-", "_")


def _dialled(spot: Spot) -> str:
    """The address as monit connects to it."""
    if spot.values.bind.startswith("unix:"):
        return "unixsocket " + spot.syntax.path(spot.values.bind.removeprefix("unix:"))
    host, port = spot.syntax.address(spot.values.bind).rsplit(":", 1)
    return f"host {host.strip('[]')} port {port}"


def _contained(spot: Spot) -> str | None:
    """A --config file where a container has it: beside the application."""
    return None if spot.values.config is None else spot.syntax.spell(f"/srv/app/{posixpath.basename(spot.values.config)}")


def _command(spot: Spot) -> str:
    """A companion's words."""
    return " ".join(spot.syntax.spell(word) for word in spot.values.command)


def _directory(spot: Spot) -> str:
    """Where a companion runs, on a line of its own where quotes would be part of the path."""
    path = posixpath.normpath(str(spot.values.chdir))
    if not plain(path):
        raise Misuse(f"{spot.kind.name} takes a directory as it is, without quotes, and cannot say {path!r}: make a link to it")
    return spot.syntax.path(path)


def _as_user(word: str) -> Callable[[Spot], str]:
    """A program that changes the user and becomes the one behind it, if a user was named."""
    return lambda spot: f"{word} {spot.syntax.spell(spot.values.user)} " if spot.values.user else ""


def _unless_config(choose: Callable[[Spot], str | None]) -> Callable[[Spot], str | None]:
    """What a --config file says itself."""
    return lambda spot: None if spot.values.config is not None else choose(spot)


PLACES: dict[str, Callable[[Spot], str | None]] = {
    "name": lambda spot: spot.values.name,
    "identifier": _identifier,
    "program": lambda spot: spot.syntax.spell(spot.values.program),
    "serve": _serve,
    "more": _more,
    "app": _unless_config(_word(lambda values: values.app)),
    "chdir": _unless_config(_file(lambda values: values.chdir)),
    "bind": _unless_config(lambda spot: spot.syntax.address(spot.values.bind)),
    "workers": _unless_config(_word(lambda values: values.workers)),
    "config": _file(lambda values: values.config),
    "host": _tcp(lambda values: values.host),
    "port": _tcp(lambda values: values.port),
    "socket": _socket,
    "stream": _stream,
    "runtime": _runtime,
    "dialled": _unless_config(_dialled),
    "limit": _limit,
    "drain": lambda spot: str(spot.values.drain),
    "patience": lambda spot: str(spot.values.drain + _MARGIN),
    "long": lambda spot: str(spot.values.drain + 2 * _MARGIN),
    "user": _word(lambda values: values.user),
    "run": _file(lambda values: values.run),
    "logs": _file(lambda values: values.logs),
    "control": _file(lambda values: f"{values.run}/{values.name}.control"),
    "pidfile": _file(lambda values: f"{values.run}/{values.name}.pid"),
    "log": _file(lambda values: f"{values.logs}/{values.name}.log"),
    "python": lambda spot: spot.values.python,
    "group": lambda spot: _GROUP if spot.group else None,
    "process": lambda spot: f"{_GROUP}:{spot.values.name}" if spot.group else spot.values.name,
    "members": lambda spot: ",".join(values.name for values in spot.group) or None,
    "each": lambda spot: "*/" if spot.group else "",
    "held": lambda spot: spot.values.name.lower(),
    "contained": _contained,
    "command": _command,
    "startas": lambda spot: spot.syntax.spell(spot.values.command[0]),
    "arguments": lambda spot: _command(spot._replace(values=spot.values._replace(command=spot.values.command[1:]))),
    "directory": _directory,
    "setuidgid": _as_user("setuidgid"),
    "chpst": _as_user("chpst -u"),
    "s6_setuidgid": _as_user("s6-setuidgid"),
    "besides": lambda spot: "".join(f" {spot.syntax.spell(path)}" for path in spot.values.besides),
    "printed": _file(lambda values: f"{values.logs}/{values.name}.stdout.log"),
}

"""The command line of `adapter hold`, checked. Without click and without the table of options: it is in memory for years."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from adapter.config import addresses, kinds
from adapter.config.addresses import LONGEST_NAME, Hold, is_name
from adapter.config.kinds import Kind, here
from adapter.exits import Misuse

_MOST = 64
"""Listeners of one holder: their descriptors, and its clients', fit into the smallest limit there is (256, `ulimit -n`)."""


class Wanted(NamedTuple):
    """One listener: what it is called, and where it is to be, spelled as `--bind` takes it."""

    name: str
    address: str


class Holding(NamedTuple):
    """What an operator decides of a holder."""

    socket: str
    listeners: tuple[Wanted, ...]
    backlog: int = 1024
    socket_mode: int = 0o600
    socket_owner: str | None = None
    allow: tuple[int, ...] = ()
    listeners_file: str | None = None
    log_time: bool = True
    check: bool = False


class Option(NamedTuple):
    """One of its options."""

    kind: Kind
    help: str
    many: bool = False


OPTIONS = {
    "backlog": Option(kinds.count(65535), "Connections the kernel may queue for each listener."),
    "socket_mode": Option(kinds.OCTAL, "Permissions of a UNIX socket among the listeners."),
    "socket_owner": Option(kinds.OWNER, "Owner of a UNIX socket among the listeners."),
    "allow": Option(
        kinds.USER, "Give listeners to this user, too; repeatable. Without it only to our own, and to root.", many=True
    ),
    "listeners_file": Option(
        kinds.PATH, "Hold what this file says, too: [NAME=]ADDR, one a line; # for remarks. Read again at HUP."
    ),
    "log_time": Option(kinds.FLAG, "Each line of the log begins with the time (UTC)."),
    "check": Option(kinds.FLAG, "Say whether all this is good, and exit; nothing is held."),
}


def spelled(name: str) -> str:
    """`socket_mode` is `--socket-mode`."""
    return "--" + name.replace("_", "-")


def parse(argv: Sequence[str]) -> Holding:
    """What `adapter hold` was given. Raises Misuse."""
    said: dict[str, Any] = {}
    plain = list(_plain(iter(argv), said))
    if not plain:
        raise Misuse("hold needs the path of its own socket, and what to hold: adapter hold /run/hold.sock web=127.0.0.1:8000")
    path, *words = plain
    texts = [(word, "hold") for word in words] + list(_written(said.get("listeners_file")))
    listeners = tuple(_wanted(text, where) for text, where in texts)
    _check(listeners, path)
    return Holding(_own(path), listeners, **said)


def _plain(words: Iterator[str], said: dict[str, Any]) -> Iterator[str]:
    """The words that are no options; those go into `said`."""
    for word in words:
        if word == "--":
            yield from words
        elif word.startswith("--"):
            _option(word, words, said)
        else:
            yield word


def _option(word: str, words: Iterator[str], said: dict[str, Any]) -> None:
    spelling, equals, text = word.partition("=")
    known = {spelled(name): (name, "true") for name in OPTIONS} | {"--no-log-time": ("log_time", "false")}
    if spelling not in known:
        from adapter.config.nearest import meant  # noqa: PLC0415 -- only mistakes pay for it

        raise Misuse(f"hold has no option {spelling}{meant(spelling, known)}")
    name, flag = known[spelling]
    option = OPTIONS[name]
    if option.kind is kinds.FLAG:
        if equals:
            raise Misuse(f"{spelling} takes no value")
        text = flag
    elif not equals and (text := next(words, "--")).startswith("--"):
        raise Misuse(f"{spelling} needs a value")
    value = _value(option.kind.parse, text, spelling, option.kind.allowed)
    said[name] = (*said.get(name, ()), value) if option.many else value
    if option.kind.relative:
        said[name] = os.path.join(here(), value)


def _value(read: Callable[[str], Any], text: str, where: str, allowed: str) -> Any:
    try:
        return read(text)
    except Misuse as error:
        raise Misuse(f"{where}: {error.sentence}") from None
    except ValueError:
        raise Misuse(f"{where}: '{text[:80]}' is not {allowed}") from None


def _written(path: str | None) -> Iterator[tuple[str, str]]:
    if path is None:
        return
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read(_MOST * 1024).splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise Misuse(f"cannot read --listeners-file {path}: {why}; name a readable file") from None
    for number, line in enumerate(lines, 1):
        if text := line.partition("#")[0].strip():
            yield text, f"{path}, line {number}"


def _wanted(text: str, where: str) -> Wanted:
    name, equals, address = text.partition("=")
    if not equals or not is_name(name):  # unix:/run/a=b.sock
        name, address = "", text
    parsed = _value(addresses.parse, address, where, addresses.FORMS)
    if isinstance(parsed, Hold):
        raise Misuse(f"{where}: '{text}': a holder holds no other's listeners; name a port, a UNIX socket or fd:N")
    if isinstance(parsed, addresses.Unix) and not parsed.path.startswith("@"):
        parsed = addresses.Unix(os.path.join(here(), parsed.path))
    spelling = str(parsed)
    if not name and not is_name(spelling):
        raise Misuse(
            f"{where}: '{text}' needs a name (NAME={text}): printable ASCII without spaces, = and #, up to {LONGEST_NAME}"
        )
    return Wanted(name or spelling, spelling)


def _check(listeners: tuple[Wanted, ...], path: str) -> None:
    if not listeners:
        raise Misuse(f"hold has nothing to hold: name it behind {path}, as in web=127.0.0.1:8000")
    if len(listeners) > _MOST:
        raise Misuse(f"hold is to hold {len(listeners)} listeners: {_MOST} are the most; start another holder")
    names = [each.name for each in listeners]
    places = [each.address for each in listeners if not each.address.endswith(":0")]
    for several in (names, places):
        for each in several:
            if several.count(each) > 1:
                raise Misuse(f"hold is to hold {each} twice: name it once")


def _own(path: str) -> str:
    """The holder's own socket, absolute: where it is told of, and where it is after a reload."""
    text = path if path.startswith("unix:") else f"unix:{path}"
    own = addresses.parse(text)
    assert isinstance(own, addresses.Unix)
    return own.path if own.path.startswith("@") else os.path.join(here(), own.path)

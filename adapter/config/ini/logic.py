"""`if-…`, `for…`, `else`, `endif`: a block says how often each line in it counts, and with what in the place of `%(_)`.

uWSGI asks anew at each line of a block; here once, when the block begins: a line must not take the ground from under the next.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final, NamedTuple

from adapter.config.ini import limits
from adapter.config.ini.hostnames import matches
from adapter.config.ini.world import World
from adapter.exits import Misuse, SystemFailure

ENDS: Final = frozenset({"end", "endif", "end-if", "endfor", "end-for"})
_SPELLED: Final = {
    "ifenv": "if-env",
    "ifexists": "if-exists",
    "ifplugin": "if-plugin",
    "ifdir": "if-dir",
    "if-directory": "if-dir",
}
_PYTHON: Final = ("python", "python3")  # of uWSGI's plugins, what is here instead
_HERE: Final = "%(_)"
_LONGEST_NUMBER: Final = 9


class Block(NamedTuple):
    """Each line in it counts once for each item; None leaves `%(_)` alone."""

    word: str
    place: str
    items: tuple[str | None, ...]

    def otherwise(self, place: str) -> "Block":
        """From `else` on: uWSGI 2.0 has no such word, its next version was to have it."""
        if not self.word.startswith("if"):
            raise Misuse(f"{place}: else belongs to an if-, and {self.word} is none")
        return Block("else", place, () if self.items else (None,))


class Asked(NamedTuple):
    """What conditions are about."""

    world: World
    environ: Mapping[str, str]
    option: Callable[[str], str | None]  # the first value that was given to it so far
    hostname: str
    again: bool


def begins(word: str) -> bool:
    """Whether the word begins a block."""
    return (
        _SPELLED.get(word, word) in _CONDITIONS | _LOOPS or _SPELLED.get(word, word).replace("if-not-", "if-", 1) in _CONDITIONS
    )


def begun(word: str, argument: str, place: str, asked: Asked) -> Block:
    """The block that a line opens. Raises Misuse."""
    plain = _SPELLED.get(word, word)
    if plain in _LOOPS:
        items = tuple(islice(_LOOPS[plain](argument, asked, place), limits.ITEMS + 1))
        if len(items) > limits.ITEMS:
            raise Misuse(f"{place}: the loop has more than {limits.ITEMS} turns")
        return Block(word, place, items)
    wished = not plain.startswith("if-not-")
    holds, item = _CONDITIONS[plain if wished else plain.replace("if-not-", "if-", 1)](argument, asked, place)
    return Block(word, place, (item,) if holds == wished else ())


def turned(value: str, item: str | None, place: str) -> str:
    """The value of a line in a block, for one of its items."""
    if item is None or _HERE not in value:
        return value
    if len(value) + value.count(_HERE) * len(item) > limits.VALUE:
        raise Misuse(f"{place}: the value is longer than {limits.VALUE} characters")
    return value.replace(_HERE, item)


_Answer = tuple[bool, str | None]


def _compared(argument: str, find: Callable[[str], str | None]) -> _Answer:
    """`NAME` asks whether it is there, `NAME=VALUE` what it says."""
    name, sign, wanted = argument.partition("=")
    value = find(name)
    return value is not None and (not sign or value == wanted), value


def _if_env(argument: str, asked: Asked, _place: str) -> _Answer:
    return _compared(argument, asked.environ.get)


def _if_opt(argument: str, asked: Asked, _place: str) -> _Answer:
    return _compared(argument, asked.option)


def _if_exists(argument: str, asked: Asked, _place: str) -> _Answer:
    return asked.world.exists(argument), argument


def _if_file(argument: str, asked: Asked, _place: str) -> _Answer:
    return asked.world.is_file(argument), argument


def _if_directory(argument: str, asked: Asked, _place: str) -> _Answer:
    return asked.world.is_directory(argument), argument


def _if_reload(_argument: str, asked: Asked, _place: str) -> _Answer:
    return asked.again, None


def _if_hostname(argument: str, asked: Asked, _place: str) -> _Answer:
    return argument == asked.hostname, argument


def _if_hostname_match(argument: str, asked: Asked, place: str) -> _Answer:
    return matches(argument, asked.hostname, place), argument


def _if_plugin(argument: str, _asked: Asked, _place: str) -> _Answer:
    return argument in _PYTHON, argument


def _for(argument: str, _asked: Asked, _place: str) -> Iterable[str]:
    return (word for word in argument.split(" ") if word)


def _for_glob(argument: str, asked: Asked, place: str) -> Iterable[str]:
    try:
        return list(islice(asked.world.matches(argument), limits.ITEMS + 1)) or [argument]
    except Misuse as error:
        raise Misuse(f"{place}: {error.sentence}") from None


def _for_times(argument: str, _asked: Asked, place: str) -> Iterable[str]:
    if not (argument.isascii() and argument.isdigit()) or len(argument) > _LONGEST_NUMBER:
        raise Misuse(f"{place}: '{argument[:40]}' is not a number of times")
    return (str(number) for number in range(1, int(argument) + 1))


def _for_readline(argument: str, asked: Asked, place: str) -> Iterable[str]:
    try:
        data = asked.world.contents(argument, limits.FILE)
        if b"\0" in data:
            raise Misuse(f"cannot read {argument}: there is a NUL byte, so this is no text")
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise Misuse(f"{place}: cannot read {argument}: byte {error.start} is not UTF-8") from None
    except (Misuse, SystemFailure) as error:
        raise type(error)(f"{place}: {error.sentence}") from None
    if lines[-1] == "":
        lines.pop()
    return (line.rstrip("\r") for line in lines)


_CONDITIONS: Final[dict[str, Callable[[str, Asked, str], _Answer]]] = {
    "if-env": _if_env,
    "if-opt": _if_opt,
    "if-exists": _if_exists,
    "if-file": _if_file,
    "if-dir": _if_directory,
    "if-reload": _if_reload,
    "if-hostname": _if_hostname,
    "if-hostname-match": _if_hostname_match,
    "if-plugin": _if_plugin,
}
_LOOPS: Final[dict[str, Callable[[str, Asked, str], Iterable[str]]]] = {
    "for": _for,
    "for-glob": _for_glob,
    "for-times": _for_times,
    "for-readline": _for_readline,
}

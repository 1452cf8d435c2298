"""The command line without click, from the same table: `adapter inetd` starts once per connection and click takes 17 ms, and a
master that never loads it is 2 MB smaller.
"""

from __future__ import annotations

from adapter.config.kinds import FLAG
from adapter.config.settings import OPTIONS, spelled
from adapter.exits import Misuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Given = dict[str, str | list[str] | bool]
Known = dict[str, tuple[str, bool]]


def parse(argv: Sequence[str], command: str = "inetd") -> Given:
    """What `adapter inetd` (or `serve`) was given, ready for `resolve`. Raises Misuse, also for some words that click would take."""
    given: Given = {}
    known = _known(inetd=command == "inetd") if any(word.startswith("-") for word in argv) else {}
    words = iter(argv)
    for word in words:
        if word == "--":
            for rest in words:
                _application(given, rest, command)
        elif word.startswith("-") and word != "-":
            _option(given, word, words, known, command)
        else:
            _application(given, word, command)
    return given


def _application(given: Given, word: str, command: str) -> None:
    if "app" in given:
        raise Misuse(f"{command} takes one application, and got {given['app']} and {word}")
    given["app"] = word


def _option(given: Given, word: str, words: Iterator[str], known: Known, command: str) -> None:
    spelling, equals, value = word.partition("=")
    name, flag = known.get(spelling, ("", False))
    if not name:
        from adapter.config.nearest import meant  # noqa: PLC0415 -- only mistakes pay for it

        raise Misuse(f"{command} has no option {spelling}{meant(spelling, known)}")
    if equals and not spelling.startswith("--"):
        raise Misuse(f"{spelling} takes its value as the next word")
    if OPTIONS[name].kind is FLAG:
        if equals:
            raise Misuse(f"{spelling} takes no value")
        given[name] = flag
        return
    if not equals and (value := next(words, "--")).startswith("--"):
        raise Misuse(f"{spelling} needs a value")
    if OPTIONS[name].many:
        several = given.setdefault(name, [])
        assert isinstance(several, list)
        several.append(value)
    else:
        given[name] = value


def _known(*, inetd: bool) -> Known:
    """Each spelling: the field it fills, and what it says when it is a flag."""
    known = {}
    for name, option in OPTIONS.items():
        if option.argument or (inetd and not option.inetd):
            continue
        known[spelled(name)] = (name, True)
        if option.short:
            known[option.short] = (name, True)
        if option.kind is FLAG and not option.only_asked:
            known[spelled(name).replace("--", "--no-", 1)] = (name, False)
    return known

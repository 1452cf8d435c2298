"""The command line without click, from the same table: `adapter inetd` starts once per connection and click takes 17 ms."""

from collections.abc import Iterator, Sequence

from adapter.config.kinds import FLAG
from adapter.config.settings import OPTIONS, spelled
from adapter.exits import Misuse

Given = dict[str, str | list[str] | bool]


def parse(argv: Sequence[str]) -> Given:
    """What `adapter inetd` was given, ready for `resolve`. Raises Misuse."""
    given: Given = {}
    words = iter(argv)
    for word in words:
        if word == "--":
            for rest in words:
                _application(given, rest)
        elif word.startswith("-") and word != "-":
            _option(given, word, words)
        else:
            _application(given, word)
    return given


def _application(given: Given, word: str) -> None:
    if "app" in given:
        raise Misuse(f"inetd takes one application, and got {given['app']} and {word}")
    given["app"] = word


def _option(given: Given, word: str, words: Iterator[str]) -> None:
    spelling, equals, value = word.partition("=")
    name, flag = _known().get(spelling, ("", False))
    if not name:
        from adapter.config.nearest import meant  # noqa: PLC0415 -- only mistakes pay for it

        raise Misuse(f"inetd has no option {spelling}{meant(spelling, _known())}")
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


def _known() -> dict[str, tuple[str, bool]]:
    """Each spelling: the field it fills, and what it says when it is a flag."""
    known = {}
    for name, option in OPTIONS.items():
        if option.argument or not option.inetd:
            continue
        known[spelled(name)] = (name, True)
        if option.short:
            known[option.short] = (name, True)
        if option.kind is FLAG:
            known[spelled(name).replace("--", "--no-", 1)] = (name, False)
    return known

"""The same in TOML: tables `[uwsgi]` and `[adapter]`, a list for a repeated line."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from adapter.config.ini import limits
from adapter.config.ini.magic import put_in
from adapter.config.ini.sheet import Line, Sheet
from adapter.exits import Misuse

_BEGINS: Final = re.compile(r"""\s*\[?\s*(?:[\w-]+\s*\.\s*)?["']?([\w-]+)["']?\s*[.=\]]""")


def table(data: bytes, path: str, wanted: frozenset[str], magic: Mapping[str, str]) -> Sheet:
    """The wanted tables as lines. Raises Misuse."""
    import tomllib  # noqa: PLC0415 -- only those with TOML pay for it

    try:
        text = data.decode()
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise Misuse(f"cannot read {path}: byte {error.start} is not UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:1].lower() + str(error)[1:]
        raise Misuse(f"cannot read {path}: {reason}") from None
    places = _places(text)
    lines: list[Line] = []
    for section in (name for name in tables if name in wanted):
        content = tables[section]
        if not isinstance(content, dict):
            raise Misuse(f"{path}:{places.get(section, 1)}: {section} must be a table")
        for name, value in content.items():
            number = places.get(name, 1)
            place = f"{path}:{number}"
            lines += [Line(section, name, _clean(text, magic, place), number) for text in _texts(value, f"{place}: {name}")]
            if len(lines) > limits.LINES:
                raise Misuse(f"{place}: there are more than {limits.LINES} lines, so this is no configuration")
    return Sheet(tuple(lines), frozenset(tables), ())


def _texts(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):  # [uwsgi.env]
        for name, text in value.items():
            yield f"{name}={_scalar(text, where)}"
    elif isinstance(value, list):
        for item in value:
            yield _scalar(item, where)
    else:
        yield _scalar(value, where)


def _scalar(value: Any, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise Misuse(f"{where} must be text, a number, true or false, or a list of them")


def _clean(text: str, magic: Mapping[str, str], place: str) -> str:
    if any(letter in text for letter in "\0\r\n"):
        raise Misuse(f"{place}: a value is one line")
    if len(text) > limits.LINE:
        raise Misuse(f"{place}: the value is longer than {limits.LINE} characters")
    return limits.fitting(put_in(text, magic)[0], place)


def _places(text: str) -> dict[str, int]:
    """The first line that begins with a name: tomllib does not tell."""
    places: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if found := _BEGINS.match(line):
            places.setdefault(found[1], number)
    return places

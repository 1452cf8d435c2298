"""A file as lines: `[section]`, `; comment`, `# comment`, `name = value`, `name`. No quotes, no continuation, no comment behind a value."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from adapter.config.ini import limits
from adapter.config.ini.magic import put_in
from adapter.exits import Misuse

_BLANK: Final = " \t\r"
_BLANK_BYTES: Final = _BLANK.encode()
_MARK: Final = "\ufeff".encode()
_HEADER: Final = re.compile(r"\[([^\]]*)\]")
_REMARK_LENGTH: Final = 60


class Line(NamedTuple):
    """One line that says something; `value` is "" where there is none, which uWSGI takes for true."""

    section: str
    name: str
    value: str
    number: int


class Sheet(NamedTuple):
    """What a file says in the sections that were looked for."""

    lines: tuple[Line, ...]
    sections: frozenset[str]
    remarks: tuple[str, ...]


def sheet(data: bytes, path: str, wanted: frozenset[str], magic: Mapping[str, str]) -> Sheet:
    """The wanted sections; what stands in others is not looked at. Raises Misuse."""
    lines: list[Line] = []
    sections: set[str] = set()
    remarks: list[str] = []
    section = ""
    if (nul := data.find(b"\0")) >= 0:
        number = data[:nul].count(b"\n") + 1
        raise Misuse(f"{path}:{number}: there is a NUL byte, so this is no text")
    if data.count(b"\n") > limits.FILE_LINES:
        raise Misuse(
            f"{path}:{limits.FILE_LINES + 1}: there are more lines than {limits.FILE_LINES}, so this is no configuration"
        )
    for number, raw in enumerate(data.removeprefix(_MARK).split(b"\n"), 1):
        line = raw.strip(_BLANK_BYTES)
        if not line or line.startswith((b";", b"#")):
            _stays_a_line(line, f"{path}:{number}", remarks)
            continue
        if section not in wanted and not line.startswith(b"["):
            continue
        place = f"{path}:{number}"
        text = _magic(_decoded(line, place), magic, place, remarks)
        if text.startswith("["):
            section = _header(text, place, wanted)
            sections.add(section)
        elif section in wanted:
            lines.append(_line(text, section, number, place))
            _too_many(lines, place)
    return Sheet(tuple(lines), frozenset(sections), tuple(remarks))


def named(text: str) -> str:
    """A value as a sentence can hold it."""
    shown = text if len(text) <= _REMARK_LENGTH else text[: _REMARK_LENGTH - 3] + "..."
    return "'" + "".join(letter if letter.isprintable() else "?" for letter in shown) + "'"


def _decoded(line: bytes, place: str) -> str:
    if len(line) > limits.LINE:
        raise Misuse(f"{place}: the line is longer than {limits.LINE} bytes")
    if b"\r" in line:
        raise Misuse(f"{place}: there is a carriage return inside the line: let each line end in a newline")
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise Misuse(f"{place}: byte {error.start + 1} of the line is not UTF-8") from None


def _magic(text: str, magic: Mapping[str, str], place: str, remarks: list[str]) -> str:
    text, strange = put_in(text, magic)
    if strange and strange[0]:
        remarks.append(
            f"{place}: %{named(strange[0])[1:-1]} is no variable of uWSGI's and goes away; write %% for a percent sign"
        )
    elif strange:
        remarks.append(f"{place}: a % at the end of a line takes the next line with it in uWSGI, not here; write %%")
    return limits.fitting(text, place).strip(_BLANK)


def _stays_a_line(comment: bytes, place: str, remarks: list[str]) -> None:
    """`# 100%` makes uWSGI take the line below for a part of the comment."""
    if comment.endswith(b"%") and not comment.endswith(b"%%"):
        remarks.append(f"{place}: this comment ends in a %, so uWSGI never saw the line below; here it counts")


def _header(text: str, place: str, wanted: frozenset[str]) -> str:
    found = _HEADER.match(text)
    if found is not None and found.end() == len(text):
        return found[1]
    if any(text.startswith(f"[{name}") for name in wanted):
        raise Misuse(f"{place}: {named(text)} is no section: write the name in brackets, and nothing behind them")
    return text  # somebody else's, in a grammar of its own


def _line(text: str, section: str, number: int, place: str) -> Line:
    name, _, value = text.partition("=")
    name = name.rstrip(_BLANK)
    if not name:
        raise Misuse(f"{place}: there is no name before the =")
    return Line(section, name, value.strip(_BLANK), number)


def _too_many(lines: list[Line], place: str) -> None:
    if len(lines) > limits.LINES:
        raise Misuse(f"{place}: there are more than {limits.LINES} lines, so this is no configuration")

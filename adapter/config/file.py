"""The config file: TOML, one table `[adapter]`, the fields of `Settings` as keys (`drain-timeout` is as good as `drain_timeout`)."""

import re
from typing import Any

from adapter.config.kinds import FLAG, OCTAL
from adapter.config.nearest import meant
from adapter.config.settings import OPTIONS, Option
from adapter.exits import Misuse, SystemFailure

Written = dict[str, tuple[list[str], str]]


def read(path: str) -> Written:
    """Each option's texts, and the place they were found at. Raises Misuse (what is there is wrong) or SystemFailure."""
    text = _text(path)
    found: Written = {}
    for key, value in _table(path, text).items():
        name = key.replace("-", "_")
        place = _place(path, text, key)
        option = OPTIONS.get(name)
        if option is None:
            raise Misuse(f"{place}: there is no option {key}{meant(name, OPTIONS)}")
        if option.only_asked or name == "config":
            raise Misuse(f"{place}: {key} belongs on the command line, not in a config file")
        if name in found:
            raise Misuse(f"{place}: {name} is given twice (- and _ mean the same)")
        found[name] = (_texts(option, value, f"{key} in {place}"), f"{key} in {place}")
    return found


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read().decode()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as error:
        raise Misuse(f"cannot read the config file {path}: {error.strerror}") from None
    except OSError as error:
        raise SystemFailure(f"cannot read the config file {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Misuse(f"cannot read the config file {path}: byte {error.start} is not UTF-8") from None


def _table(path: str, text: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 -- 6 ms that only those with a config file pay

    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"cannot read the config file {path}: {str(error)[0].lower()}{str(error)[1:]}") from None
    for key, value in tables.items():
        if key == "adapter" and isinstance(value, dict):
            continue
        remedy = ": put it below a line [adapter]" if key.replace("-", "_") in OPTIONS else meant(key, ["adapter"])
        raise Misuse(f"{_place(path, text, key)}: {key} does not belong here; everything is in one table, [adapter]{remedy}")
    table: dict[str, Any] = tables.get("adapter", {})
    return table


def _texts(option: Option, value: object, where: str) -> list[str]:
    """The value as the command line would have it: TOML's types are checked here, its values by the option's kind."""
    if option.many and isinstance(value, dict) and option.between is None:  # [adapter.env]
        return [f"{name}={_scalar(option, text, where)}" for name, text in value.items()]
    if option.many and isinstance(value, list):
        return [_scalar(option, item, where) for item in value]
    return [_scalar(option, value, where)]


def _scalar(option: Option, value: object, where: str) -> str:
    if isinstance(value, bool):
        if option.kind is FLAG:
            return "true" if value else "false"
    elif isinstance(value, int) and option.kind is OCTAL:
        # TOML's 0o600 arrives as 384, and 600 may have been meant as octal: we cannot tell, so we ask.
        raise Misuse(f'{where}: write the mode as text, such as "600"')
    elif isinstance(value, str | int | float):
        return str(value)
    raise Misuse(f"{where}: {_shown(value)} is not {option.kind.allowed}")


def _shown(value: object) -> str:
    return {bool: str(value).lower(), list: "a list", dict: "a table"}.get(type(value), f"'{value}'")


def _place(path: str, text: str, key: str) -> str:
    """`FILE line N`: tomllib does not tell lines, so the first line that begins with the key is taken."""
    begins = re.compile(rf"""\s*(\[+\s*(adapter\s*\.\s*)?)?["']?{re.escape(key)}["']?\s*[.=\]]""")
    for number, line in enumerate(text.splitlines(), 1):
        if begins.match(line):
            return f"{path} line {number}"
    return path

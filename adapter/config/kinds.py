"""The kinds of value an option can have: text in, value out, or a ValueError that says what is allowed.

No dataclass, enum, typing or re here: `adapter inetd` pays for every import, once per connection.
"""

from __future__ import annotations

import os

from adapter.exits import Misuse, SystemFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 18  # digits: 64 bits, and no time spent on a megabyte of them
_WEEK = 7 * 24 * 3600.0  # longer is a typo, and would overflow epoll's 31 bits of milliseconds
_YEARS = 10 * 365 * 24 * 3600.0  # for what nobody waits for
_ALL_MODES = 0o777  # setuid and sticky bits mean nothing here
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_BYTES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})

Value = str | int | float | bool | None


class Kind:
    """How a value is written (`metavar`), what is allowed (in words, after "not"), and how text becomes a value. `relative`: it is a
    path, taken from the directory we were started in.
    """

    __slots__ = ("allowed", "metavar", "parse", "relative")

    def __init__(self, metavar: str, allowed: str, parse: Callable[[str], Value], *, relative: bool = False) -> None:
        self.metavar = metavar
        self.allowed = allowed
        self.parse = parse
        self.relative = relative


def _digits(text: str) -> int:
    """The number; int() alone would take ` 1_0 ` and Arabic digits."""
    if not (text.isascii() and text.isdigit()) or len(text) > _LONGEST:
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> float:
    """The number; float() alone would take `nan`, `inf`, `1e9` and `1_0`."""
    whole, _, part = text.partition(".")
    if not text.isascii() or not (whole + part).isdigit() or len(text) > _LONGEST:
        raise ValueError(text)
    return float(text)


def _between(text: str, most: int) -> int:
    if not 1 <= (number := _digits(text)) <= most:
        raise ValueError(text)
    return number


def count(most: int) -> Kind:
    """A whole number from 1 to `most`."""
    return Kind("N", f"a whole number from 1 to {most}", lambda text: _between(text, most))


def _workers(text: str) -> int | str:
    least, colon, most = text.partition(":")
    if colon:
        if not _workers_number(least) <= _workers_number(most):
            raise ValueError(text)
        return f"{_workers_number(least)}:{_workers_number(most)}"
    return _workers_number(text)


def _workers_number(text: str) -> int:
    if text != "auto":
        return _between(text, 1024)
    from adapter.config.processors import usable  # noqa: PLC0415 -- only those who ask for `auto` pay for it

    return usable()


def _seconds(text: str, most: float = _WEEK) -> float:
    digits = text.rstrip("hms")
    unit = text[len(digits) :] or "s"
    if unit not in _SECONDS or not 0 <= (seconds := _decimal(digits) * _SECONDS[unit]) <= most:
        raise ValueError(text)
    return seconds


def canary(text: str) -> tuple[int, float]:
    """`500` is so many answers, `30s` is a time: (answers, seconds), one of them 0. Raises ValueError for anything else."""
    if text.isdigit():
        return _between(text, 1_000_000), 0.0
    if text[-1:] not in _SECONDS:
        raise ValueError(text)
    return 0, _some_seconds(text)


def _canary(text: str) -> str:
    canary(text)
    return text


def _some_seconds(text: str) -> float:
    if (seconds := _seconds(text)) < 0.001:  # noqa: PLR2004 -- a millisecond: epoll knows nothing shorter
        raise ValueError(text)
    return seconds


def _bytes(text: str) -> int:
    lower = text.lower()
    unit = lower[-1:] if lower[-1:] in _BYTES else ""
    number = _digits(lower.removesuffix(unit)) * _BYTES.get(unit, 1)
    if not 1 <= number <= 1 << 50:
        raise ValueError(text)
    return number


def _maybe_bytes(text: str) -> int:
    return 0 if text == "0" else _bytes(text)


def _url_path(text: str) -> str:
    if not text.startswith("/") or not text.isascii() or not text.isprintable() or set(text) & set(" ?#%"):
        raise ValueError(text)
    return text


def _number(text: str) -> int:
    if (number := _digits(text)) > 1_000_000_000:  # noqa: PLR2004 -- a typo beyond that
        raise ValueError(text)
    return number


def _flag(text: str) -> bool:
    if (lower := text.lower()) not in _TRUE | _FALSE:
        raise ValueError(text)
    return lower in _TRUE


def _octal(text: str) -> int:
    digits = text.removeprefix("0o")
    if not 1 <= len(digits) <= len("0777") or not set(digits) <= set("01234567") or (mode := int(digits, 8)) > _ALL_MODES:
        raise ValueError(text)
    return mode


def _text(text: str) -> str:
    if not text or "\0" in text or "\n" in text:
        raise ValueError(text)
    return text


def _app(text: str) -> str:
    if _text(text).strip() != text or text.startswith("-"):
        raise ValueError(text)
    return text


def _assignment(text: str) -> str:
    name, equals, _ = text.partition("=")
    if not (name and equals) or "\0" in text or name.strip() != name:
        raise ValueError(text)
    return text


def _variable(text: str) -> str:
    if not text or "=" in text or not text.isprintable() or " " in text:
        raise ValueError(text)
    return text


def _address(text: str) -> str:
    from adapter.config.addresses import parse  # noqa: PLC0415 -- `adapter inetd` never binds

    return str(parse(text))


def _proxies(text: str) -> str:
    from adapter.config.proxies import parse  # noqa: PLC0415 -- `ipaddress`, and only for those who believe somebody

    return parse(text)


def _user(text: str) -> int:
    import pwd  # noqa: PLC0415 -- seldom asked for

    return _account(text, lambda name: pwd.getpwnam(name).pw_uid)


def _group(text: str) -> int:
    import grp  # noqa: PLC0415 -- seldom asked for

    return _account(text, lambda name: grp.getgrnam(name).gr_gid)


def _account(text: str, find: Callable[[str], int]) -> int:
    if text.isdigit():
        if (number := _digits(text)) >= (1 << 32) - 1:  # (uid_t)-1 means "leave it" to setresuid(2)
            raise ValueError(text)
        return number
    try:
        return find(_text(text))
    except KeyError:
        raise ValueError(text) from None


def _owner(text: str) -> str:
    user, colon, group = text.partition(":")
    if not (user or group) or (colon and not group):
        raise ValueError(text)
    return f"{_user(user) if user else ''}:{_group(group) if group else ''}"


def numbers(owner: str | None) -> tuple[int | None, int | None]:
    """User and group of a parsed OWNER; None: not said."""
    user, _, group = (owner or ":").partition(":")
    return (int(user) if user else None), (int(group) if group else None)


def _access_log(text: str) -> str | None:
    if text == "none":
        return None
    return text if text == "-" else os.path.join(here(), _text(text))


def _statuses(text: str) -> str:
    if not all(each in ("1xx", "2xx", "3xx", "4xx", "5xx") for each in text.split(",")):
        raise ValueError(text)
    return text


def _access_format(text: str) -> str:
    from adapter.protocols.access import Lines  # noqa: PLC0415 -- only those who ask for a format pay for it

    if text in ("common", "combined", "json"):
        return text
    if "{" not in text:
        raise ValueError(text)
    try:
        Lines(text, lambda _: None)  # type: ignore[arg-type,return-value]  # no line is made
    except ValueError as error:
        raise Misuse(f"'{text}' {error}") from None
    return text


def choice(*words: str) -> Kind:
    """One of these words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return Kind("|".join(words), " or ".join(words), parse)


WORKERS = Kind("N|auto|N:M", "a whole number from 1 to 1024, or auto, or two of them as LEAST:MOST", _workers)
DURATION = Kind("TIME", "a time from 0 to 168h, such as 8, 1.5m or 500ms", _seconds)
AGE = Kind("TIME", "a time from 0 to ten years, such as 3600 or 720h", lambda text: _seconds(text, _YEARS))
SOME_DURATION = Kind("TIME", "a time above 0 and up to 168h, such as 8, 1.5m or 500ms", _some_seconds)
CANARY = Kind("N|TIME", "a number of answers from 1 to 1000000, such as 500, or a time with its unit, such as 30s", _canary)
URL_PATH = Kind("PATH", "a path of our own, such as /-/ready", _url_path)
NUMBER = Kind("N", "a whole number from 0 to 1000000000", _number)
MAYBE_SIZE = Kind("SIZE", "0, or a size such as 512M or 1G", _maybe_bytes)
SIZE = Kind("SIZE", "a size of at least 1 byte, such as 8190, 512K, 10M or 1G", _bytes)
FLAG = Kind("", "one of true, false, yes, no, on, off, 1, 0", _flag)
OCTAL = Kind("OCTAL", "an octal mode from 0 to 777, such as 600", _octal)
APP = Kind("APP", "an application, such as pkg.mod:callable, pkg.mod:factory(), file.py or file.py:callable", _app)
PATH = Kind("PATH", "a path (not empty, on one line)", _text, relative=True)
IMPORT_PATH = Kind("DIR", "a path (not empty, on one line)", _text)
ASSIGNMENT = Kind("NAME=VALUE", "of the form NAME=VALUE", _assignment)
VARIABLE = Kind("NAME", "the name of a variable", _variable)
ADDRESS = Kind("ADDR", "an address, such as 8000, 127.0.0.1:8000, [::1]:8000, unix:/run/app.sock or fd:3", _address)
PROXIES = Kind("PEERS", "a list of peers, such as 127.0.0.1,10.0.0.0/8, unix or *", _proxies)
ACCESS_LOG = Kind("PATH|-|none", "a path (not empty, on one line), - or none", _access_log)
STATUSES = Kind("4xx,5xx", "a list of classes of status, such as 4xx,5xx", _statuses)
ACCESS_FORMAT = Kind("FORMAT", "common, combined, json or a text with fields in braces, such as {status}", _access_format)
USER = Kind("USER", "a user of this system, by name or number", _user)
GROUP = Kind("GROUP", "a group of this system, by name or number", _group)
OWNER = Kind("USER[:GROUP]", "a user, a user:group or a :group of this system, by name or number", _owner)


def here() -> str:
    """The directory we are in, by the name the operator used: $PWD keeps the symlink of a release, getcwd(2) does not."""
    logical = os.environ.get("PWD", "")
    try:
        if logical.startswith("/") and os.path.samefile(logical, "."):
            return logical
    except OSError:
        pass
    try:
        return os.getcwd()
    except OSError as error:
        raise SystemFailure(
            f"cannot tell which directory we are in: {error.strerror} (was it removed?); start where one is"
        ) from None

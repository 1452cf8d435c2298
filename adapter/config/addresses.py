"""Where to listen, as an operator writes it: `PORT`, `HOST:PORT`, `[V6]:PORT`, `unix:PATH`, `unix:@NAME`, `fd:N`, `hold:PATH#NAME`.

Only the writing is judged here. Whether the address can be had is the kernel's to say (`adapter.unix.listeners`).
"""

import os
import re
import socket
from typing import NamedTuple

from adapter.exits import Misuse

FORMS = "PORT, HOST:PORT, [V6]:PORT, unix:PATH, unix:@NAME, fd:N or hold:PATH#NAME"

# sun_path holds 108 bytes: a path and its NUL, or the NUL that opens an abstract name and the name (unix(7)).
_LONGEST_PATH = 107
LONGEST_NAME = 255
"""Characters of a held listener's name: its length is one byte of the protocol."""
_HIGHEST_PORT = 65535
_HIGHEST_FD = 2**31 - 1

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Underscores are no host name's (RFC 952) but container networks hand them out.
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
_LONGEST_HOST = 253


class Tcp(NamedTuple):
    """A TCP port of one host: a name, an IPv4 or (without brackets) an IPv6 address. Port 0: the kernel chooses."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Unix(NamedTuple):
    """A UNIX stream socket: a path, or `@NAME` in Linux's abstract namespace (unix(7)), where no file mode protects it."""

    path: str

    def __str__(self) -> str:
        return f"unix:{self.path}"


class Fd(NamedTuple):
    """A listening socket that whoever started us left open at this number."""

    number: int

    def __str__(self) -> str:
        return f"fd:{self.number}"


class Hold(NamedTuple):
    """A listener that a holder (`adapter hold`, s6-fdholderd) at this path keeps for us; the only one it has when `name` is empty."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"hold:{self.path}#{self.name}" if self.name else f"hold:{self.path}"


Address = Tcp | Unix | Fd | Hold


def parse(text: str) -> Address:
    """The address written as `text`; `str()` of it is the one canonical spelling. Raises `Misuse`."""
    if text.startswith("unix:") and not text.startswith("unix://"):
        return _unix(text)
    if text.startswith("fd:") and not text.startswith("fd://"):
        return _fd(text)
    if text.startswith("hold:") and not text.startswith("hold://"):
        return _hold(text)
    if _number(text) is not None:
        return Tcp("127.0.0.1", _port(text, text))
    _check_known_slips(text)
    if text.startswith("["):
        return _v6(text)
    host, colon, port = text.rpartition(":")
    if not colon:
        raise _bad(text, f"it names no port; write {text}:8000" if _HOST.fullmatch(text) else f"use {FORMS}")
    return Tcp(_host(text, host), _port(text, port))


def _bad(text: str, why: str) -> Misuse:
    return Misuse(f"bad address '{text}': {why}")


def _number(digits: str) -> int | None:
    """Plain ASCII decimal digits, few enough to be a port or a descriptor."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len(str(_HIGHEST_FD)) else None


def _port(text: str, digits: str) -> int:
    port = _number(digits)
    if port is None or port > _HIGHEST_PORT:
        raise _bad(text, f"'{digits}' is not a port; use 1 to {_HIGHEST_PORT}, or 0 for any free one")
    return port


def _check_known_slips(text: str) -> None:
    """What other servers accept, what a hurried hand writes: refuse, but say what was meant."""
    if not text:
        raise Misuse(f"bad address '': it is empty; use {FORMS}")
    if scheme := _SCHEME.match(text):
        kind, rest = scheme.group().removesuffix("://"), text[scheme.end() :].rstrip("/")
        raise _bad(
            text,
            f"it is no URL here; write {kind}:{rest}" if kind in {"unix", "fd", "hold"} else f"it is no URL here; write {rest}",
        )
    if text.startswith(("/", "./", "../", "@")):
        raise _bad(text, f"for a UNIX socket write unix:{text}")
    if text.startswith((":", "*:")) and text.count(":") == 1:
        port = text.rpartition(":")[2]
        raise _bad(
            text, f"say which interfaces: 0.0.0.0:{port} is every IPv4 one, [::]:{port} every IPv6 one, {port} only this host"
        )
    if text.count(":") > 1 and not text.startswith("["):
        host, _, port = text.rpartition(":")
        raise _bad(text, f"an IPv6 address needs brackets; write [{host}]:{port}" if _is_v6(host) else f"use {FORMS}")


def _is_v6(host: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
    except (OSError, ValueError):
        return False
    return True


def _v6(text: str) -> Tcp:
    inside, bracket, port = text[1:].partition("]")
    if not bracket or not port.startswith(":"):
        raise _bad(text, f"after the IPv6 address comes ]:PORT; write [{inside.partition(']')[0]}]:8000")
    bare, percent, zone = inside.partition("%")
    if not _is_v6(inside) or bool(percent) != bool(zone) or not (zone + "x").isprintable():
        raise _bad(text, f"'{inside}' is not an IPv6 address")
    canonical = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, bare))
    return Tcp(canonical + percent + zone, _port(text, port[1:]))


def _host(text: str, host: str) -> str:
    if not _HOST.fullmatch(host) or len(host) > _LONGEST_HOST:
        raise _bad(text, f"'{host}' is not a host name or IPv4 address; use {FORMS}")
    if host.replace(".", "").isdigit():
        try:
            # inet_pton, not inet_aton: `127.1` and `010.0.0.1` mean different things to different programs.
            socket.inet_pton(socket.AF_INET, host)
        except OSError:
            raise _bad(text, f"'{host}' is not an IPv4 address; write four numbers from 0 to 255") from None
    return host.lower()


def _hold(text: str) -> Hold:
    path, _, name = text.removeprefix("hold:").partition("#")
    if name and not is_name(name):
        raise _bad(text, f"'{name}' is no name of a listener: printable ASCII without spaces, = and #, up to {LONGEST_NAME}")
    return Hold(_path(text, path, "hold:"), name)


def is_name(text: str) -> bool:
    """Whether a holder can keep a listener under this name."""
    return 0 < len(text) <= LONGEST_NAME and text.isascii() and text.isprintable() and not set(text) & set(" =#")


def _unix(text: str) -> Unix:
    return Unix(_path(text, text.removeprefix("unix:"), "unix:"))


def _path(text: str, path: str, scheme: str) -> str:
    try:
        length = len(os.fsencode(path.removeprefix("@")))
    except UnicodeEncodeError:
        raise _bad(text, "the path cannot be written in this system's file name encoding") from None
    if length == 0:
        raise _bad(text, f"the path is missing; write {scheme}/run/app.sock")
    if "\0" in path:
        raise _bad(text, "a path holds no NUL")
    if length > _LONGEST_PATH:
        raise _bad(text, f"its path has {length} bytes, the kernel takes {_LONGEST_PATH}; use a shorter one")
    if path.startswith("~"):
        raise _bad(text, "no shell expands ~ here; write the whole path")
    if path.endswith("/") and not path.startswith("@"):
        raise _bad(text, f"it names a directory; write {scheme}{path}app.sock")
    return path


def _fd(text: str) -> Fd:
    number = _number(text.removeprefix("fd:"))
    if number is None or number > _HIGHEST_FD:
        raise _bad(text, "after fd: comes the number of a descriptor, as in fd:3")
    return Fd(number)

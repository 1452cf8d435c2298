"""From a request's path to the names on the way to a file. Whoever opens them one by one, following no link, stays below its directory."""

from typing import NamedTuple

_WELL_KNOWN = b".well-known"  # RFC 8615; certificates are renewed by it


class Wanted(NamedTuple):
    """Below a directory."""

    names: tuple[bytes, ...]
    """Of the directories on the way, then of the file: none is empty, `.` or `..`, or has a slash or NUL."""
    directory: bool
    """The path ends in a slash, or is nothing at all."""


def below(prefix: str, path: str) -> str | None:
    """What is left of the path below this prefix, which ends in no slash: empty, or with its slash; None: it is not below.

    `/app` has `/app` and `/app/x` below it, not `/apple`.
    """
    rest = path[len(prefix) :]
    return rest if path.startswith(prefix) and rest[:1] in ("", "/") else None


def wanted(path: str) -> Wanted | None:
    """The names in a path as PEP 3333 has it (unescaped, bytes as characters); None: it can be no file that we give.

    Hidden files are not given: what begins with a dot is a repository, a password file or an editor's.
    """
    if path and not path.startswith("/"):
        return None
    *inner, last = path.encode("latin-1").split(b"/")[1:] if path else [b""]
    names = (*inner, last) if last else tuple(inner)
    if any(not name or b"\0" in name or (name[:1] == b"." and name != _WELL_KNOWN) for name in names):
        return None
    return Wanted(names, directory=not last)

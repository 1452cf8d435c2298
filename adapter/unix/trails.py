"""The way to a file: which names in which directories decide what a path leads to, symbolic links and all."""

import os
import stat

Mark = tuple[int, int, int]
"""Which file it is (device, inode) and when it was last written (nanoseconds, the file system's clock)."""

_MOST_LINKS = 40  # path_resolution(7)


def mark(path: str) -> Mark | None:
    """What is at the end of the way now; None: nothing, or nothing that we may see."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def trail(path: str) -> dict[str, set[str] | None]:
    """The directories on the way to an absolute `path`, each with the names in it that matter: a link, the file itself, or what
    is not there yet. No name: only what befalls that directory matters. None: every name does (the path is a directory).
    """
    found: dict[str, set[str] | None] = {}
    here, ahead, links = "/", _steps(path), 0
    while ahead:
        name = ahead.pop()
        if name == "..":
            here = os.path.dirname(here)
            continue
        names = found.setdefault(here, set())
        assert names is not None
        there = os.path.join(here, name)
        target = _target(there)
        if target is not None and links < _MOST_LINKS:
            names.add(name)
            links += 1
            here = "/" if target.startswith("/") else here
            ahead += _steps(target)
        elif ahead and _is_directory(there):
            here = there
        else:
            names.add(name)
            if not ahead and _is_directory(there):
                found[there] = None
            break
    return found


def _steps(path: str) -> list[str]:
    """Its names, the last one first."""
    return [name for name in reversed(path.split("/")) if name not in ("", ".")]


def _target(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False

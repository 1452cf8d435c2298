"""Log files: opened so that several processes can append to one, and set aside under another name without destroying any."""

import os
import stat

_MODE = 0o640  # what is asked for, and by whom, is not everybody's business


def append(path: str) -> int:
    """A descriptor (close-on-exec) that appends to this file, made when it is not there. Raises OSError.

    A symbolic link is not followed: the directory may belong to someone else. Nor do we wait for a FIFO's reader: without one
    it is ENXIO.
    """
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NOCTTY | os.O_NONBLOCK, _MODE)
    os.set_blocking(fd, True)
    return fd


def set_aside(path: str, suffix: str) -> str:
    """Rename the file to `path.suffix`, or, when that is taken, `path.suffix.1` and so on; its new name. Raises OSError.

    Whoever has it open goes on writing to it. Only a regular file is renamed: a device or FIFO is no file that grows.
    """
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise OSError(0, "not a regular file", path)
    new = _reserved(f"{path}.{suffix}")
    try:
        os.rename(path, new)
    except OSError:
        os.unlink(new)
        raise
    return new


def _reserved(wanted: str) -> str:
    """A name that nobody had, and that is ours from here on: an empty file, which rename(2) may then replace."""
    for number in range(100):
        name = f"{wanted}.{number}" if number else wanted
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE))
        except FileExistsError:
            continue
        return name
    raise FileExistsError(17, "and a hundred others like it exist already", wanted)

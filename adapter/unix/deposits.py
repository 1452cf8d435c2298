"""Files put into a directory for somebody to read: all of them or none, no symbolic link followed, nothing of anybody's overwritten unasked."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from adapter.exits import Misuse, SystemFailure

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def put(directory: str, files: Mapping[str, tuple[str, int]], *, force: bool) -> list[str]:
    """Write each file (relative path: text and mode) below `directory`, made if it is missing; the paths that were written.

    What is there already with the same text and mode is left alone. Anything else is refused before the first file is written,
    unless `force` is given; a link or a directory in a file's place is refused even so. Each file is replaced in one step.
    Raises Misuse and SystemFailure.
    """
    try:
        os.makedirs(directory, exist_ok=True)
        root = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SystemFailure(f"cannot write to the directory {directory}: {error.strerror}") from None
    try:
        wanted = {path: file for path, file in files.items() if not _there(root, directory, path, *file)}
        other = [path for path in wanted if _exists(root, path)]
        if other and not force:
            raise Misuse(
                f"{directory} has other files of that name, and none is overwritten: {', '.join(other)}; compare, or say --force"
            )
        for path, (text, mode) in wanted.items():
            _write(root, directory, path, text, mode)
    finally:
        os.close(root)
    return list(wanted)


def _there(root: int, directory: str, path: str, text: str, mode: int) -> bool:
    """Whether exactly this file is there. Raises Misuse when something is there that is no file of one name in a real directory."""
    try:
        with _parent(root, path, make=False) as (parent, name):
            found = os.lstat(name, dir_fd=parent)
            if not stat.S_ISREG(found.st_mode):
                raise Misuse(
                    f"cannot write {directory}/{path}: what is there is no plain file; remove it, or choose another --out"
                )
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _refused(directory, path, error) from None
    with open(fd, "rb") as file:
        return file.read(len(text.encode()) + 1) == text.encode() and stat.S_IMODE(os.fstat(fd).st_mode) == mode


def _exists(root: int, path: str) -> bool:
    try:
        with _parent(root, path, make=False) as (parent, name):
            os.lstat(name, dir_fd=parent)
    except FileNotFoundError:
        return False
    return True


def _write(root: int, directory: str, path: str, text: str, mode: int) -> None:
    try:
        with _parent(root, path, make=True) as (parent, name):
            fresh = f".{name}.{os.urandom(6).hex()}"
            fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=parent)
            try:
                with open(fd, "wb") as file:
                    file.write(text.encode())
                    os.fchmod(file.fileno(), mode)
                os.rename(fresh, name, src_dir_fd=parent, dst_dir_fd=parent)
            except OSError:
                os.unlink(fresh, dir_fd=parent)
                raise
    except OSError as error:
        raise _refused(directory, path, error) from None


@contextmanager
def _parent(root: int, path: str, *, make: bool) -> Iterator[tuple[int, str]]:
    """The directory of `path`, by way of real directories only, and the last name. Raises OSError (ELOOP or ENOTDIR for a link)."""
    *above, name = path.split("/")
    here = os.dup(root)
    try:
        for each in above:
            if make:
                try:
                    os.mkdir(each, dir_fd=here)
                except FileExistsError:
                    pass
            below = os.open(each, _DIRECTORY, dir_fd=here)
            os.close(here)
            here = below
        yield here, name
    finally:
        os.close(here)


def _refused(directory: str, path: str, error: OSError) -> SystemFailure:
    return SystemFailure(f"cannot write {directory}/{path}: {error.strerror}")

"""What a reading asks of the world around it, and nothing else: `disk` answers, or a test."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Facts(NamedTuple):
    """Of this process and machine; uWSGI's `%v %h %k %u %U %g %G %t %T %b` are made of them."""

    directory: str
    hostname: str
    processors: int
    uid: int
    user: str
    gid: int
    group: str
    microseconds: int
    binary: str


class World(Protocol):
    """Paths may be relative: to the directory we were started in."""

    def facts(self) -> Facts:
        """Asked once, at the beginning."""

    def contents(self, path: str, most: int) -> bytes:
        """The whole of a regular file. Raises Misuse or SystemFailure, the sentence without a place."""

    def full(self, path: str) -> str:
        """The absolute path, symbolic links followed; but of a file that is itself a link, the link's."""

    def inode(self, path: str) -> int | None:
        """Of the file, or of the link when it is one."""

    def exists(self, path: str) -> bool:
        """Something is there."""

    def is_file(self, path: str) -> bool:
        """A regular file is there, at the end of its links."""

    def is_directory(self, path: str) -> bool:
        """A directory is there, at the end of its links."""

    def matches(self, pattern: str) -> Iterable[str]:
        """What glob(3) finds, sorted; directories end in a slash. Raises Misuse for patterns that would take for ever."""

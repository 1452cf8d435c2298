"""A world made of paper: what a reading of uWSGI's INI asks of the disk, answered from a dictionary."""

import fnmatch
import posixpath

from adapter.config.ini.world import Facts
from adapter.exits import Misuse

DIRECTORY = "/srv/app"
FACTS = Facts(
    directory=DIRECTORY, hostname="web1.example.com", processors=4, uid=33, user="www-data", gid=34, group="web",
    microseconds=1_700_000_000_123_456, binary="/opt/python",
)  # fmt: skip


class Paper:
    """Files by path; relative ones are in DIRECTORY."""

    def __init__(self, files, facts=FACTS):
        self._files = {
            posixpath.join(DIRECTORY, path): data.encode() if isinstance(data, str) else data for path, data in files.items()
        }
        self._facts = facts

    def facts(self):
        return self._facts

    def contents(self, path, most):
        data = self._files.get(self.full(path))
        if data is None:
            raise Misuse(f"cannot read {path}: No such file or directory")
        if len(data) > most:
            raise Misuse(f"cannot read {path}: it is larger than {most} bytes")
        return data

    def full(self, path):
        return posixpath.normpath(posixpath.join(DIRECTORY, path))

    def inode(self, path):
        return 77 if self.full(path) in self._files else None

    def exists(self, path):
        return self.is_file(path) or self.is_directory(path)

    def is_file(self, path):
        return self.full(path) in self._files

    def is_directory(self, path):
        return any(name.startswith(f"{self.full(path)}/") for name in self._files)

    def matches(self, pattern):
        return sorted(fnmatch.filter(self._files, posixpath.join(DIRECTORY, pattern)))

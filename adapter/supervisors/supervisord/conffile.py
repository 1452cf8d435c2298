"""supervisord's configuration file, for what its XML-RPC does not tell: stopasgroup, autorestart, the kind of a section, where it is.

Read as supervisord reads it (options.py): `;` and `#` begin comments behind a blank, %(here)s is the file's directory, [include] is one
level deep.
"""

import configparser
import os
from collections.abc import Iterator, Mapping, Sequence
from glob import glob
from typing import NamedTuple

_PLACES = ("supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf", "/etc/supervisor/supervisord.conf")
_TRUE = frozenset({"true", "yes", "on", "1"})
_PROGRAMS = ("program", "fcgi-program", "eventlistener")


class Section(NamedTuple):
    """Of a program. `kind`: program, fcgi-program."""

    kind: str
    name: str
    file: str
    settings: Mapping[str, str]

    def __str__(self) -> str:
        return f"[{self.kind}:{self.name}] of {self.file}"

    def says(self, setting: str) -> bool:
        """A yes or no; what is not there is no."""
        return self.settings.get(setting, "").lower() in _TRUE


class Conf(NamedTuple):
    """The whole, with what it includes."""

    sections: Mapping[str, tuple[str, Mapping[str, str]]]  # by name: the file, and the settings

    def program(self, group: str, process: str) -> Section | None:
        """The section that this process comes from."""
        for kind in _PROGRAMS[:2]:
            if found := self._section(kind, group):
                return found
        _, members = self.sections.get(f"group:{group}", ("", {}))
        named = [each.strip() for each in members.get("programs", "").split(",")]
        for name in sorted((each for each in named if each and process.startswith(each)), key=len, reverse=True):
            for kind in _PROGRAMS[:2]:
                if found := self._section(kind, name):
                    return found
        return None

    def _section(self, kind: str, name: str) -> Section | None:
        found = self.sections.get(f"{kind}:{name}")
        return Section(kind, name, *found) if found else None

    @property
    def credentials(self) -> tuple[str, str] | None:
        """What a client must say."""
        for name in ("unix_http_server", "inet_http_server"):
            _, said = self.sections.get(name, ("", {}))
            if "username" in said and "password" in said:
                return said["username"], said["password"]
        return None

    @property
    def url(self) -> str:
        """Where it is asked, as SUPERVISOR_SERVER_URL would have it; empty: nowhere."""
        _, said = self.sections.get("unix_http_server", ("", {}))
        return f"unix://{said['file']}" if "file" in said else ""


def named(words: Sequence[str], directory: str) -> str | None:
    """The file that a supervisord uses which was started with these words, there."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in {"-c", "--configuration"}:
            return os.path.join(directory, following)
        if word.startswith("--configuration="):
            return os.path.join(directory, word.partition("=")[2])
        if word.startswith("-c") and not word.startswith("--"):
            return os.path.join(directory, word[2:])
    places = (os.path.join(directory, each) for each in _PLACES)
    return next((each for each in places if os.path.exists(each)), None)


def read(path: str) -> Conf:
    """Raises OSError and ValueError."""
    here = os.path.dirname(os.path.abspath(path))
    sections = dict(_sections(path, here))
    _, said = sections.get("include", ("", {}))
    for pattern in said.get("files", "").split():
        for each in sorted(glob(os.path.join(here, pattern))):
            sections |= _sections(each, os.path.dirname(os.path.abspath(each)))
    return Conf(sections)


def _sections(path: str, here: str) -> Iterator[tuple[str, tuple[str, Mapping[str, str]]]]:
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except configparser.Error as error:
        raise ValueError(str(error)) from None
    for name in parser.sections():
        yield name, (path, {key: str(value).replace("%(here)s", here) for key, value in parser.items(name)})

"""How each kind of file spells a word of a command line, so that the program gets that word and nothing else.

A word that a syntax cannot say is refused in a sentence. A newline or a NUL is refused by all: in a comment it would begin a line.
"""

import json
import re
import shlex
from collections.abc import Callable
from typing import NamedTuple

from adapter.exits import Misuse


class Syntax(NamedTuple):
    """`word`: raises ValueError with what may not be in a word. `between`: what separates options; `joint`: an option and its value."""

    name: str
    word: Callable[[str], str]
    between: str = " "
    joint: str = " "
    here: str = ""  # what a relative path begins with
    variable: str = ""  # how a variable of the supervisor's environment is said, {} being its name; empty: not at all

    def spell(self, text: str) -> str:
        """One word. Raises Misuse."""
        try:
            if not text.isprintable():
                raise ValueError("control characters")
            return self.word(text)
        except ValueError as error:
            raise Misuse(f"{self.name} cannot say {text!r}: it takes no {error} there; use another name or path") from None

    def path(self, text: str) -> str:
        """A path, a relative one from the directory of the configuration on. Raises Misuse."""
        if text == ".":
            return self.here.rstrip("/") or text
        return self.spell(text) if text.startswith("/") else self.here + self.spell(text)

    def address(self, text: str) -> str:
        """HOST:PORT, where PORT may be $NAME, a variable of the supervisor's environment. Raises Misuse."""
        host, _, port = text.rpartition(":")
        if not port.startswith("$"):
            return self.spell(text)
        if not self.variable:
            raise Misuse(f"{self.name} cannot take the port from {port}, a variable of the environment: name the port")
        return self.spell(f"{host}:") + self.variable.format(port[1:])

    def option(self, name: str, spelled: str) -> str:
        """`--name value`, the value spelled already."""
        return self.spell(name) + self.joint + spelled


def _only(allowed: str, what: str) -> Callable[[str], str]:
    """A syntax without quotes: the word as it is, or not at all."""
    plain = re.compile(f"[{allowed}]+")

    def word(text: str) -> str:
        if not plain.fullmatch(text):
            raise ValueError(what)
        return text

    return word


def _supervisord(text: str) -> str:
    """configparser first: % begins an expansion, and ; or # after a blank a comment (so quotes are put between); then shlex.split."""
    quoted = shlex.quote(text).replace("%", "%%")
    return re.sub(r"(?<=\s)(?=[;#])", "''", quoted)


def _evaluated(text: str) -> str:
    """A word for a shell, in double quotes: openrc-run and rc.subr read a string, split it at blanks and give that to eval, which puts
    one blank between (so quotes are put between two).
    """
    quoted = re.sub(r"(?<= )(?= )", "''", shlex.quote(text))
    return re.sub(r"[\\\"$`]", r"\\\g<0>", quoted)


def _circus(text: str) -> str:
    """A ; after a blank begins a comment, $(…) and ((…)) are expanded (so quotes are put between), at last shlex.split."""
    quoted = re.sub(r"[$(]", r"\g<0>''", shlex.quote(text))
    return re.sub(r"(?<=\s)(?=;)", "''", quoted)


def _systemd(text: str) -> str:
    """Words of systemd.service(5): C's quotes, % begins a specifier, $ a variable, and a ; alone a second command."""
    said = text.replace("%", "%%").replace("$", "$$")
    return said if _PLAIN.fullmatch(said) else '"' + re.sub(r'[\\"]', r"\\\g<0>", said) + '"'


def _envdir(text: str) -> str:
    """envdir(8): the first line is the value, without the blanks at its end. An empty file would unset the variable."""
    if not text or text != text.rstrip():
        raise ValueError("empty text and no blank at the end")
    return text


_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./$\[\]-]+")

SHELL = Syntax("sh", shlex.quote, between=" \\\n    ", variable='"${{{}}}"')
OPENRC = Syntax("OpenRC", _evaluated, between=" \\\n    ")
RCD = Syntax("rc.d", _evaluated, between=" \\\n    ")
SUPERVISORD = Syntax("supervisord", _supervisord, between="\n    ", here="%(here)s/", variable="%(ENV_{})s")
CIRCUS = Syntax("circus", _circus, between="\n    ", variable="$(circus.env.{})")
SYSTEMD = Syntax("systemd", _systemd, between=" \\\n    ", variable="${{{}}}")
XINETD = Syntax("xinetd", _only(r"!-~", "blanks"))
INETD = Syntax("inetd", _only(r"A-Za-z0-9_%+,./:=@\[\]~^-", "blanks, quotes and other special characters"), joint="=")
MONIT = Syntax("monit", _only(r"A-Za-z0-9_%+,./:=@\[\]-", "blanks, quotes and other special characters"))
SOCAT = Syntax("socat", _only(r"A-Za-z0-9_%+./:=@-", "blanks, quotes and other special characters"))
JSON = Syntax("a Dockerfile", json.dumps, between=", \\\n     ", joint=", ")
ENVDIR = Syntax("an envdir", _envdir)

"""Reading the corpus, and putting one file with its site into a directory of its own.

The files say /srv/site and ports of four digits, as files in the field do. In the directory it is that directory, and ports that
nobody else has; the same in what is expected.
"""

import re
import shutil
import socket
import stat
import tempfile
import tomllib
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from kit.asked import free_port

CORPUS = Path(__file__).parents[2] / "corpus" / "uwsgi"
SITES = CORPUS / "sites"
_NONE: Mapping[str, Any] = MappingProxyType({})
AT = "http:127.0.0.1:8000"
_PORT = re.compile(r"(?<=:)\d{4}\b")


class Ask(NamedTuple):
    """One request, and what must come back of it."""

    at: str
    """`http:ADDRESS` or `uwsgi:ADDRESS`; an address is HOST:PORT, or the path of a socket."""
    path: str = "/tell/p%20q?a=b"
    method: str = "GET"
    fields: Mapping[str, str] = _NONE
    body: str = ""
    variables: Mapping[str, str] = _NONE
    """Sent besides nginx' uwsgi_params."""
    status: int = 200
    answers: Mapping[str, str] = _NONE
    """Fields of the response."""
    environ: Mapping[str, Any] = _NONE
    """What the application finds in its environ; an empty text: it is not there, or empty."""
    content: str = ""
    """What the response contains, of a file."""


class Ini(NamedTuple):
    """One file, with what must come of it. Paths are below the site's directory."""

    theme: str
    name: str
    shape: str
    """Whom it is like."""
    site: str = "plain"
    at: str = AT
    file: str = ""
    """Where it lies; FILE:section for another section than [uwsgi]."""
    variables: Mapping[str, str] = _NONE
    """The environment of the server."""
    directories: Sequence[str] = ()
    """To be made before."""
    virtualenv: str = ""
    """A virtual environment to be made here; there is a module `installed` in it."""
    asks: Sequence[Mapping[str, Any]] = (_NONE,)
    os: Mapping[str, str] = _NONE
    """The environment that the application finds; an empty text: it is not there."""
    cwd: str = ""
    user: Sequence[int] = ()
    running: Sequence[str] = ()
    """Files while it runs that were not there before: all of them."""
    modes: Mapping[str, str] = _NONE
    left: Sequence[str] = ()
    """Files after it: all of them."""
    log: str = ""
    """Where it logs, when not to stderr."""
    reload: str = "HUP"
    """A signal; `touch PATH`; `write PATH LETTER`, to a FIFO."""
    stop: str = "TERM"
    remarks: Sequence[str] = ()
    """What adapter says about it: each is in a line of the log."""
    says: Mapping[str, Sequence[str]] = _NONE
    """What files of the running server contain."""
    refused: str = ""
    """Why adapter does not take it: one line of the log has this."""
    code: int = 100
    """Its exit code then; 1 when it is the application that failed."""
    alone: str = ""
    """Why real uWSGI is not run beside it."""

    def ask(self) -> list[Ask]:
        """The requests."""
        return [Ask(**{"at": self.at, **each}) for each in self.asks]


def _themes() -> Iterator[tuple[str, str]]:
    for path in sorted(CORPUS.glob("*/expected.toml")):
        yield path.parent.name, path.read_text()


def names() -> list[str]:
    """`theme/name` of every file in the corpus."""
    return [f"{theme}/{name}" for theme, text in _themes() for name in tomllib.loads(text)]


def ini(name: str) -> Ini:
    """One of them as it is in the corpus."""
    theme, _, own = name.partition("/")
    return Ini(theme, own, **tomllib.loads((CORPUS / theme / "expected.toml").read_text())[own])


class Staged(NamedTuple):
    """A file in place."""

    ini: Ini
    directory: Path
    before: frozenset[str]
    ports: dict[str, str]
    """As the file has them in the corpus, and as they are here."""
    held: list[socket.socket]
    """What keeps others from these ports."""

    def back(self, text: str) -> str:
        """The text with /srv/site and the corpus' ports again."""
        for word, here in self.ports.items():
            text = re.sub(rf"\b{here}\b", word, text)
        return text.replace(str(self.directory), "/srv/site")

    def close(self) -> None:
        """Let go of the ports."""
        for each in self.held:
            each.close()

    @property
    def file(self) -> str:
        """As it is given on the command line, in the directory."""
        return self.ini.file or f"{self.ini.name}.ini"

    def says(self, name: str) -> bool:
        """Whether any of the INI files has this option."""
        return any(re.search(rf"^\s*{name}\s*(=|$)", text, re.MULTILINE) for text in self._texts())

    @property
    def threads(self) -> int:
        """How many the INI files want in each worker."""
        return max(
            int(said) for text in self._texts() for said in ["1", *re.findall(r"^\s*threads\s*=\s*(\d+)", text, re.MULTILINE)]
        )

    def _texts(self) -> list[str]:
        return [path.read_text("latin-1") for path in self.directory.rglob("*.ini")]

    def files(self) -> frozenset[str]:
        """What is there now and was not before: sockets end in =, FIFOs in |, as ls(1) has it."""
        return _listed(self.directory) - self.before

    def modes(self) -> dict[str, str]:
        """The permissions of the sockets, FIFOs and files that came."""
        return {each: f"{(self.directory / each.rstrip('=|')).lstat().st_mode & 0o777:o}" for each in sorted(self.files())}


def _listed(directory: Path) -> frozenset[str]:
    found = set()
    for path in directory.rglob("*"):
        mode = path.lstat().st_mode
        if not stat.S_ISDIR(mode):
            kind = "=" if stat.S_ISSOCK(mode) else "|" if stat.S_ISFIFO(mode) else ""
            found.add(f"{path.relative_to(directory)}{kind}")
    return frozenset(found)


class _Moved:
    """Text for another place: another directory, other ports."""

    def __init__(self, directory: Path) -> None:
        self._directory = str(directory)
        self.ports: dict[str, str] = {}
        self.held: list[socket.socket] = []

    def port(self, word: str) -> str:
        """Here, instead of this one: it is bound, so that nobody finds it free; a server may share it, since nobody listens."""
        while word not in self.ports:
            held, port = socket.socket(), free_port()
            try:
                held.bind(("127.0.0.1", port))
            except OSError:  # somebody took it in between
                held.close()
                continue
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # from now on
            self.held.append(held)
            self.ports[word] = str(port)
        return self.ports[word]

    def text(self, text: str) -> str:
        text = text.replace("/srv/site", self._directory)
        return _PORT.sub(lambda match: self.port(match[0]), text)


def staged(name: str) -> Staged:
    """Put the file `theme/name` and its site into a new directory."""
    theme, _, own = name.partition("/")
    directory = Path(tempfile.mkdtemp(prefix="adapter-ini-"))
    directory.chmod(0o755)  # other users serve from it too
    moved = _Moved(directory)
    all_expected = tomllib.loads((CORPUS / theme / "expected.toml").read_text())
    expected = all_expected.pop(own)
    ini = Ini(theme, own, **_moved({"at": AT, **expected}, moved))
    shutil.copytree(SITES / ini.site, directory, dirs_exist_ok=True)
    shutil.copy(SITES / "telling.py", directory)
    for path in (CORPUS / theme).rglob("*"):
        target = directory / path.relative_to(CORPUS / theme)
        others = path.suffix == ".ini" and path.stem in all_expected
        if path.is_file() and not others and path.name != "expected.toml":
            target.parent.mkdir(parents=True, exist_ok=True)
            # Bytes stay what they are: line ends are part of the shape.
            target.write_bytes(moved.text(path.read_bytes().decode("latin-1")).encode("latin-1"))
    for each in ini.directories:
        (directory / each).mkdir(parents=True, exist_ok=True)
    if ini.virtualenv:
        _make_virtualenv(directory / ini.virtualenv)
    return Staged(ini, directory, _listed(directory), moved.ports, moved.held)


def _make_virtualenv(path: Path) -> None:
    venv.create(path, symlinks=True)
    (site,) = path.glob("lib/python*/site-packages")
    (site / "installed.py").write_text("from telling import application\n")


def _moved(value: Any, moved: _Moved) -> Any:
    """The same data for another place; a text that is a port alone is a port."""
    if isinstance(value, dict):
        return {name: _moved(each, moved) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, moved) for each in value]
    if isinstance(value, str):
        return moved.port(value) if re.fullmatch(r"[1-9]\d{3}", value) else moved.text(value)
    return value

"""Lines of the access log: what was asked, what became of it. Pure; dates are given.

Nothing that a client sent can end a line, begin another, or speak to a terminal: whatever stands in quotes is a JSON string in
ASCII, in every format, so one parser undoes it. Fields are bounded, so that a line fits into one write to a pipe (PIPE_BUF).
"""

from collections.abc import Callable, Mapping
from json.encoder import encode_basestring_ascii as _quote
from typing import Final, NamedTuple

from .entry import Entry

_REQUEST, _REFERER, _AGENT, _HOST, _WORD = 1700, 1000, 600, 255, 64
_VARIABLE, _VARIABLES = 255, 1200  # characters of one, and of all together
_ESCAPE = 6  # characters that one character can become: \\u001b
_KNOWN = 1000
_NONE = '"-"'
LONGEST: Final = 4096
"""No line of common, combined or JSON is longer."""


class Stamp(NamedTuple):
    """A second of the wall clock."""

    apache: str
    """`25/Nov/2026:01:39:48 +0000`."""
    iso: str
    """`2026-11-25T01:39:48`."""
    zone: str
    """`+00:00`."""


def quoted(text: str, most: int) -> str:
    """The text as a JSON string of about `most` characters at most; one that was cut ends in `...`."""
    said = _quote(text)
    if len(said) <= most:
        return said
    said = _quote(text[: most - 5])
    if len(said) > most:
        said = _quote(text[: most // _ESCAPE])
    return said[:-1] + '..."'


def _bare(text: str, most: int) -> str:
    """The same without quotes, outer or inner, and without blanks: a field that stands alone."""
    said = quoted(text, most)[1:-1] if text else "-"
    return said.replace(" ", "\\u0020").replace('\\"', "\\u0022")


def shortened(entry: Entry) -> Entry:
    """The same, less of it than of any line: a client can send some 70 kB of what stands in one entry."""
    status, sent, began, ended, client, method, target, version, referer, agent, host, said = entry
    if len(target) + len(referer) + len(agent) + len(host) <= LONGEST:
        return entry
    target, referer, agent, host = target[:_REQUEST], referer[: _REFERER + 1], agent[: _AGENT + 1], host[: _HOST + 1]
    return (status, sent, began, ended, client, method, target, version, referer, agent, host, said)


class _Known(dict[str, str]):
    """What was made of a text before: browsers and addresses come again and again."""

    def __init__(self, make: Callable[[str, int], str], most: int) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, text: str) -> str:
        said = self._make(text, self._most)
        if len(text) <= self._most:
            if len(self) >= _KNOWN:
                self.clear()
            self[text] = said
        return said


class Lines:
    """Makes a worker's lines in this form: `common`, `combined`, `json`, or a text with `{field}`s (`FIELDS`).

    Raises ValueError, with a sentence, for a text with anything else in braces.
    """

    def __init__(self, form: str, stamps: Callable[[int], Stamp], *, slot: int = 0, generation: int = 0) -> None:
        self._stamps = stamps
        self._slot = slot
        self._generation = generation
        self._tail = f',"slot":{slot},"generation":{generation}}}\n'
        self._second = -1
        self._stamp = Stamp("", "", "")
        self._clients = _Known(_bare, _WORD)
        self._words = _Known(quoted, _WORD)
        self._referers = _Known(quoted, _REFERER)
        self._agents = _Known(quoted, _AGENT)
        self._hosts = _Known(quoted, _HOST)
        self._pattern = ""
        self._fields: tuple[Callable[[_About], str], ...] = ()
        forms: dict[str, Callable[[Entry, float], str]] = {"common": self._common, "combined": self._combined, "json": self._json}
        self._line = forms.get(form, self._custom)
        if form not in forms:
            self._pattern, self._fields = _understood(form)

    def line(self, entry: Entry, offset: float) -> str:
        """One line. `offset`: the wall clock now, less the monotonic clock now."""
        at = entry[2] + offset
        if int(at) != self._second:
            self._second = int(at)
            self._stamp = self._stamps(self._second)
        return self._line(entry, at)

    def _common(self, entry: Entry, _at: float) -> str:
        status, sent, _, _, client, method, target, version, _, _, _, _ = entry
        request = quoted(f"{method} {target} {version}", _REQUEST) if method else _NONE
        return f"{self._clients[client]} - - [{self._stamp.apache}] {request} {status} {sent or '-'}\n"

    def _combined(self, entry: Entry, _at: float) -> str:
        status, sent, _, _, client, method, target, version, referer, agent, _, _ = entry
        request = quoted(f"{method} {target} {version}", _REQUEST) if method else _NONE
        return (
            f"{self._clients[client]} - - [{self._stamp.apache}] {request} {status} {sent or '-'} "
            f"{self._referers[referer or '-']} {self._agents[agent or '-']}\n"
        )

    def _json(self, entry: Entry, at: float) -> str:
        status, sent, began, ended, client, method, target, version, referer, agent, host, said = entry
        stamp, words = self._stamp, self._words
        variables = _all_variables(said) if said else ""  # they take their room from the target
        return (
            f'{{"time":"{stamp.iso}.{int(at % 1 * 1e6):06d}{stamp.zone}","client":{words[client]},'
            f'"method":{words[method]},"target":{quoted(target, _REQUEST - _WORD - len(variables))},"version":{words[version]},'
            f'"status":{status},"bytes":{sent},"seconds":{ended - began:.6f},"referer":{self._referers[referer]},'
            f'"agent":{self._agents[agent]},"host":{self._hosts[host]}{variables}{self._tail}'
        )

    def _custom(self, entry: Entry, at: float) -> str:
        about = _About(entry, at, self._stamp, self._slot, self._generation)
        return self._pattern % tuple([tell(about) for tell in self._fields])


def _all_variables(said: Mapping[str, str]) -> str:
    """Those of one request, each with an equal share of the room. Their names are plain words."""
    share = _VARIABLES // len(said)
    told = [f'"{name}":{quoted(text, min(_VARIABLE, share - len(name) - 4))}' for name, text in said.items()]
    return f',"vars":{{{",".join(told)}}}'


def _variable(name: str) -> Callable[["_About"], str]:
    return lambda about: quoted((about.entry[11] or {}).get(name) or "-", _VARIABLE)[1:-1]


class _About(NamedTuple):
    entry: Entry
    at: float
    stamp: Stamp
    slot: int
    generation: int


def _text(index: int, most: int) -> Callable[[_About], str]:
    return lambda about: quoted(about.entry[index] or "-", most)[1:-1]  # type: ignore[arg-type]  # the index of a text


FIELDS: Final[dict[str, Callable[[_About], str]]] = {
    "client": lambda about: _bare(about.entry[4], _WORD),
    "date": lambda about: about.stamp.apache,
    "time": lambda about: f"{about.stamp.iso}.{int(about.at % 1 * 1e6):06d}{about.stamp.zone}",
    "epoch": lambda about: str(int(about.at)),
    "request": lambda about: quoted(" ".join(about.entry[5:8]), _REQUEST)[1:-1] if about.entry[5] else "-",
    "method": _text(5, _WORD),
    "target": _text(6, _REQUEST - _WORD),
    "version": _text(7, _WORD),
    "status": lambda about: about.entry[0],
    "bytes": lambda about: str(about.entry[1]),
    "seconds": lambda about: f"{about.entry[3] - about.entry[2]:.6f}",
    "milliseconds": lambda about: str(round((about.entry[3] - about.entry[2]) * 1e3)),
    "microseconds": lambda about: str(round((about.entry[3] - about.entry[2]) * 1e6)),
    "referer": _text(8, _REFERER),
    "agent": _text(9, _AGENT),
    "host": _text(10, _HOST),
    "slot": lambda about: str(about.slot),
    "generation": lambda about: str(about.generation),
}
"""What a text of the operator's can name in braces; and `var:NAME`, what the application said by that name."""
_VAR: Final = "var:"


def _understood(form: str) -> tuple[str, tuple[Callable[[_About], str], ...]]:
    """A %-pattern and what fills it. `{{` and `}}` are braces. Raises ValueError."""
    if not form.isprintable():
        raise ValueError("has a character that cannot be printed")
    fields: list[Callable[[_About], str]] = []
    pieces = []
    rest = form.replace("%", "%%").replace("{{", "\0").replace("}}", "\1")
    while rest:
        plain, opened, rest = rest.partition("{")
        name, closed, rest = rest.partition("}") if opened else ("", "}", "")
        if "}" in plain or not closed:
            raise ValueError("has a brace without its other half; write {{ and }} for braces")
        pieces.append(plain)
        if opened:
            if name not in FIELDS and not name.startswith(_VAR):
                raise ValueError(f"has {{{name}}}, which is none of {', '.join(FIELDS)}, {_VAR}NAME")
            fields.append(FIELDS.get(name) or _variable(name.removeprefix(_VAR)))
            pieces.append("%s")
    if not fields:
        raise ValueError("has no {field}")
    return "".join(pieces).replace("\0", "{").replace("\1", "}") + "\n", tuple(fields)

"""uWSGI's `log-format` as an `--access-log-format` (uwsgi-docs, "Formatting uWSGI requests logs")."""

import re
from typing import Final, NamedTuple

_VARIABLE = re.compile(r"%\(([^)]*)\)")
_SAME: Final = {
    "addr": "client", "method": "method", "uri": "target", "proto": "version", "status": "status", "host": "host",
    "referer": "referer", "uagent": "agent", "size": "bytes", "rsize": "bytes", "secs": "seconds", "msecs": "milliseconds",
    "micros": "microseconds", "ltime": "date", "ftime": "date", "ctime": "time", "time": "epoch", "epoch": "epoch",
}  # fmt: skip
_ABSENT: Final = frozenset(
    [
        "user",
        "hsize",
        "cl",
        "pktsize",
        "modifier1",
        "modifier2",
        "core",
        "pid",
        "wid",
        "switches",
        "vars",
        "headers",
        "vsz",
        "rss",
        "vszM",
        "rssM",
        "tmsecs",
        "tmicros",
    ]
)


class Translated(NamedTuple):
    """`form` is for `--access-log-format`; `absent`: uWSGI's variables that are not known here, for which `-` is written."""

    form: str
    absent: tuple[str, ...]


def translated(text: str) -> Translated:
    """The same in our words. What neither of us knows is a variable of the application's (`uwsgi.set_logvar`)."""
    pieces: list[str] = []
    absent: list[str] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        pieces.append(_plain(text[at : found.start()]))
        pieces.append(_field(found[1], absent))
        at = found.end()
    pieces.append(_plain(text[at:]))
    return Translated("".join(pieces), tuple(dict.fromkeys(absent)))


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _field(name: str, absent: list[str]) -> str:
    if name in _SAME:
        return "{" + _SAME[name] + "}"
    if name in _ABSENT or "." in name or not name.isidentifier():  # var.X and metric.X: CGI variables, metrics
        absent.append(name)
        return "-"
    return "{var:" + name + "}"

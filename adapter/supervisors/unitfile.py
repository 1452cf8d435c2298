"""systemd's unit files, as far as we must know them (systemd.syntax(7), systemd.time(7)). Pure: text in, settings out."""

import re
from collections.abc import Iterable, Mapping

DEFAULTS: Mapping[str, str] = {"Type": "simple", "TimeoutStopSec": "90", "KillSignal": "SIGTERM"}
_UNITS = {
    **dict.fromkeys(("us", "usec", "µs"), 1e-6),
    **dict.fromkeys(("ms", "msec"), 1e-3),
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 3600.0),
    **dict.fromkeys(("d", "day", "days"), 86400.0),
    **dict.fromkeys(("w", "week", "weeks"), 604800.0),
}
_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zµ]*)\s*")


def settings(texts: Iterable[str]) -> dict[str, str]:
    """The [Service] section of a unit and its drop-ins, in their order; the last word counts, and an empty one takes all back."""
    said = dict(DEFAULTS)
    for text in texts:
        section = ""
        for line in re.sub(r"\\\n", " ", text).splitlines():
            if not (plain := line.strip()) or plain[0] in "#;":
                continue
            if plain.startswith("["):
                section = plain
            elif section == "[Service]":
                name, _, value = (part.strip() for part in plain.partition("="))
                for each in ("TimeoutStartSec", "TimeoutStopSec") if name == "TimeoutSec" else (name,):
                    said[each] = value or DEFAULTS.get(each, "")
    return said


def seconds(text: str) -> float | None:
    """A time span: `90`, `1min 30s`, `500ms`. None: for ever (`infinity`, `0`), or not understood."""
    total, at = 0.0, 0
    while at < len(text):
        found = _SPAN.match(text, at)
        if found is None or found[2] not in _UNITS:
            return None
        total += float(found[1]) * _UNITS[found[2]]
        at = found.end()
    return total or None

"""`uwsgi.opt`: our settings in uWSGI's words, as far as applications and their agents look at them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_SAME = ("chdir", "threads", "workers", "pidfile", "umask", "uid", "gid")
# What is always so under adapter, and what New Relic, Datadog and Sentry ask before they start a thread.
_ALWAYS = ("master", "enable-threads", "need-app", "single-interpreter", "die-on-term", "vacuum", "py-call-osafterfork",
           "py-call-uwsgi-fork-hooks")  # fmt: skip


def opt_of(options: Mapping[str, Any], written: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Values are bytes, those that are repeated lists, flags True; what was not set is not there. `written`: the lines of a uwsgi.ini,
    an application's own among them; what we say ourselves is what is so, wherever it was said.
    """
    theirs: dict[str, list[str]] = {}
    for name, value in written:
        theirs.setdefault(name, []).append(value)
    found: dict[str, Any] = {name: str(options[name]).encode() for name in _SAME if options.get(name) is not None}
    found["processes"] = found["workers"]
    found["module"] = str(options["app"]).encode()
    if options.get("bind"):
        found["http-socket"] = _one_or_list(options["bind"])
    if options.get("lazy_apps"):
        found["lazy-apps"] = True
    said: dict[str, Any] = {name: True if values == [""] else _one_or_list(values) for name, values in theirs.items()}
    return said | found | dict.fromkeys(_ALWAYS, True)


def _one_or_list(values: Sequence[str]) -> bytes | list[bytes]:
    found = [each.encode() for each in values]
    return found if len(found) > 1 else found[0]

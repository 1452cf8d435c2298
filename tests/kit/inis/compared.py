"""Two lives of one file, under adapter and under uWSGI: in what they differ."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from kit.inis.asking import Told
from kit.inis.living import Life

Differs = tuple[str, str]
"""In what kind of thing, and which one."""
_KINDS = {"=": "socket", "|": "FIFO"}


def differences(adapter: Life, uwsgi: Life) -> dict[Differs, str]:
    """All of them, each with an example."""
    found: dict[Differs, str] = {}
    for ours, theirs in zip(adapter.answers + adapter.again, uwsgi.answers + uwsgi.again, strict=True):
        found |= _answers(adapter, uwsgi, ours, theirs)
    for ours, theirs in zip(adapter.again, uwsgi.again, strict=True):
        # Of the environment only then: the Python around pyuwsgi has read its own before uWSGI sets anything.
        found |= dict(_maps("os", *(_at_home(life, told).get("os", {}) for life, told in ((adapter, ours), (uwsgi, theirs)))))
    found |= dict(_files("running", adapter.running, uwsgi.running))
    found |= dict(_files("left", adapter.left, uwsgi.left))
    for path in adapter.modes.keys() & uwsgi.modes.keys():
        if adapter.modes[path] != uwsgi.modes[path]:
            found["mode", _kind(path)] = f"{path}: {adapter.modes[path]}, {uwsgi.modes[path]}"
    if adapter.anew != uwsgi.anew:
        found["reload", adapter.staged.ini.reload] = f"new code: {adapter.anew}, {uwsgi.anew}"
    if len(adapter.orphans) != len(uwsgi.orphans):
        found["left", "process"] = str(uwsgi.orphans)
    if adapter.code != uwsgi.code:
        found["exit", adapter.staged.ini.stop] = f"{adapter.code}, {uwsgi.code}"
    return found


def _kind(path: str) -> str:
    return _KINDS.get(path[-1], "file")


def _files(what: str, ours: frozenset[str], theirs: frozenset[str]) -> Iterator[tuple[Differs, str]]:
    for path in ours ^ theirs:
        yield (what, _kind(path)), f"{path}, only {'adapter' if path in ours else 'uWSGI'}"


def _answers(adapter: Life, uwsgi: Life, ours: Told, theirs: Told) -> dict[Differs, str]:
    if ours.status != theirs.status:
        return {("status", f"{ours.status} {theirs.status}"): theirs.body.decode(errors="replace")[:200]}
    found = dict(_maps("field", ours.fields, theirs.fields))
    if ours.fields.get("content-type") == "application/json":
        found.pop(("field", "content-length"), None)  # it tells of process ids, which may be of another length
    if ours.facts and theirs.facts:
        mine, other = (_at_home(life, told) for life, told in ((adapter, ours), (uwsgi, theirs)))
        found |= dict(_maps("environ", mine["environ"], other["environ"]))
        for fact in ("cwd", "user", "body"):
            found |= dict(_maps("fact", {fact: mine[fact]}, {fact: other[fact]}))
    elif ours.body != theirs.body:
        found["content", str(ours.status)] = f"{ours.body!r}, {theirs.body!r}"
    return found


def _at_home(life: Life, told: Told) -> dict[str, Any]:
    return dict(json.loads(life.staged.back(json.dumps(told.facts))))


def _maps(kind: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[Differs, str]]:
    for name in ours.keys() | theirs.keys():
        if ours.get(name) != theirs.get(name):
            yield (kind, name), f"{ours.get(name)!r}, {theirs.get(name)!r}"

"""What a life of a file must have been."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kit.inis.asking import Told
from kit.inis.corpus import Ask
from kit.inis.living import Life


def wrongs(life: Life) -> list[str]:
    """What of it was not as expected, each a sentence."""
    ini = life.staged.ini
    found = [wrong for answers in (life.answers, life.again) for wrong in _answered(life, answers)]
    found += _reloaded(life)
    for name, got, wanted in (("running", life.running, ini.running), ("left behind", life.left, ini.left)):
        if got != set(wanted):
            found.append(f"files {name}: {sorted(got)}, not {sorted(wanted)}")
    found += [
        f"mode of {path}: {life.modes.get(path)}, not {mode}" for path, mode in ini.modes.items() if life.modes.get(path) != mode
    ]
    for path, texts in ini.says.items():
        found += [f"{path} does not say {text!r}: {life.said[path]!r}" for text in texts if not re.search(text, life.said[path])]
    found += [f"no line of the log says {text!r}" for text in ini.remarks if not any(re.search(text, line) for line in life.log)]
    found += [f"a process is left: {words}" for words in life.orphans]
    if life.code:
        found.append(f"exit code {life.code}")
    return found


def _answered(life: Life, answers: tuple[Told, ...]) -> Iterator[str]:
    asks = life.staged.ini.ask()
    for number, (asked, told) in enumerate(zip(asks, answers, strict=True)):
        where = f"{asked.method} {asked.path} at {asked.at}"
        if told.status != asked.status:
            yield f"{where}: status {told.status}, not {asked.status}"
            continue
        yield from _differing(f"{where}: field", told.fields, {name.lower(): value for name, value in asked.answers.items()})
        if asked.content and asked.content not in told.body.decode():
            yield f"{where}: {told.body!r} does not contain {asked.content!r}"
        if told.facts:
            yield from _told(where, asked, told.facts)
            yield from _process(life, where, told.facts) if number == 0 else ()


def _told(where: str, asked: Ask, facts: dict[str, Any]) -> Iterator[str]:
    yield from _differing(f"{where}: environ", facts["environ"], asked.environ)
    if facts["body"] != asked.body:
        yield f"{where}: the application read {facts['body']!r}"


def _process(life: Life, where: str, facts: dict[str, Any]) -> Iterator[str]:
    ini = life.staged.ini
    yield from _differing(f"{where}: environment", facts["os"], ini.os)
    if ini.cwd and facts["cwd"] != ini.cwd:
        yield f"{where}: in {facts['cwd']}, not in {ini.cwd}"
    if ini.user and facts["user"] != ini.user:
        yield f"{where}: as {facts['user']}, not as {ini.user}"


def _differing(what: str, got: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if got.get(name, "") != value:
            yield f"{what} {name} is {got.get(name, '')!r}, not {value!r}"


def _reloaded(life: Life) -> Iterator[str]:
    """The code was loaded anew, below the same process."""
    if not life.staged.ini.reload:
        return
    if not life.anew:
        yield "the reload did not load the code anew"
    for after in life.again:
        if after.facts and life.pid not in {after.facts["master"], after.facts["pid"]}:
            yield "the reload changed the process"

"""An INI file as a source of options: [adapter] says it in our words, [uwsgi] in uWSGI's."""

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from adapter.config.ini.reading import read
from adapter.config.ini.rows import Given, Line, Verdict
from adapter.config.ini.translating import WITHOUT, Fate, Translation, by_setting, translate
from adapter.config.kinds import FLAG, here
from adapter.config.nearest import meant
from adapter.config.settings import OPTIONS
from adapter.exits import Misuse

_ELSEWHERE = frozenset({"config", "ini"})


class Remark(NamedTuple):
    """A sentence for the log; a serious one is nearly an error."""

    sentence: str
    serious: bool


class Contents(NamedTuple):
    """What a file says: in uWSGI's words, translated; in ours, as it stands; and what there is to remark on its grammar."""

    translation: Translation
    native: tuple[Given, ...]
    read: tuple[str, ...]


def contents(spec: str, environ: Mapping[str, str], *, again: bool = False) -> Contents:
    """Of FILE or FILE:SECTION. Raises Misuse and SystemFailure; what is refused is not raised here."""
    reading = read(spec, environ, again=again)
    lines = [Line(*each) for each in reading.lines]
    own = [Line(*each) for each in reading.native]
    without = [line for line in own if line.name == WITHOUT]
    translation = translate(lines, reading.used, without[-1] if without else None)
    return Contents(translation, tuple(_native(line) for line in own if line.name != WITHOUT), reading.remarks)


def said(
    spec: str, environ: Mapping[str, str], *, again: bool = False
) -> tuple[dict[str, tuple[list[str], str]], tuple[Remark, ...]]:
    """Each option's texts and where they were found; and the remarks. Raises Misuse, also for what is refused."""
    found = contents(spec, environ, again=again)
    _check_refused(spec, found.translation)
    theirs, remarks = _allowed(by_setting(found.translation.givens), root=os.geteuid() == 0)
    values = {**theirs, **by_setting(found.native)}
    for givens in values.values():
        for given in givens:
            _check(given)
    return {name: ([given.text for given in givens], _origin(givens[-1])) for name, givens in values.items()}, (
        *_remarks(found),
        *remarks,
    )


def _allowed(values: Mapping[str, list[Given]], *, root: bool) -> tuple[dict[str, list[Given]], list[Remark]]:
    """Started by another user than root, uWSGI stays what it is: the same file serves under a supervisor that has changed the user."""
    gone = [] if root else [values[name][-1] for name in ("uid", "gid") if name in values]
    remarks = [Remark(f"{given.lines[0]}: only root can change it, so we stay who we are", serious=False) for given in gone]
    return {name: givens for name, givens in values.items() if givens[-1] not in gone}, remarks


def _native(line: Line) -> Given:
    name = line.name.replace("-", "_")
    option = OPTIONS.get(name)
    if option is None:
        raise Misuse(f"{line.place}: there is no option {line.name}{meant(name, OPTIONS)}")
    if option.only_asked or name in _ELSEWHERE:
        raise Misuse(f"{line.place}: {line.name} belongs on the command line, not in a file")
    text = line.value or ("true" if option.kind is FLAG else "")
    return Given(name, text, (line,))


def _origin(given: Given) -> str:
    return f"{given.lines[0].name} in {given.lines[0].place}" if given.lines else "uWSGI's default"


def _check(given: Given) -> None:
    """Raises Misuse with the line that says it."""
    if not given.lines:
        return
    kind = OPTIONS[given.name].kind
    line = given.lines[0]
    shown = str(line)
    try:
        kind.parse(given.text)
    except Misuse as error:
        raise Misuse(f"{shown}: {error.sentence}") from None
    except ValueError:
        raise Misuse(f"{shown} is not {kind.allowed}") from None


def _check_refused(spec: str, translation: Translation) -> None:
    """One is told by its sentence; of several each has a line above."""
    refused = translation.became(Verdict.REFUSED)
    if not refused:
        return
    sentences = [f"{fate.line.place}: {fate.line.name}: {fate.sentence}" for fate in refused]
    more = f"{_written_by(spec, refused)}; when that is done, say `{WITHOUT} = {', '.join(dict.fromkeys(fate.line.name for fate in refused))}` in [adapter]"
    if len(refused) == 1:
        raise Misuse(f"{sentences[0]}{more}")
    raise Misuse(f"{spec} asks for {len(refused)} things that are not done here (see above){more}", detail="\n".join(sentences))


def _written_by(spec: str, refused: Sequence[Fate]) -> str:
    """The command that writes what these lines ask for, as a part of the sentence that refuses them."""
    programs = [fate.companion for fate in refused if fate.companion is not None]
    services = [each for each in programs if not each.times]
    typed = f"cd {shlex.quote(here())} && adapter translate {shlex.quote(spec)}"  # relative paths are from where the server is started
    if services:
        what = "the service" if len(services) == 1 else f"the {len(services)} services"
        return f": `{typed} --to supervisord` (or another KIND of adapter conf) writes {what}"
    return f": `{typed}` writes it for a crontab" if programs else ""


def _remarks(found: Contents) -> tuple[Remark, ...]:
    """What a reader of the log should know: mistakes, and what does nothing. What is as asked needs no word."""
    translation = found.translation
    remarks = [Remark(each, serious=True) for each in found.read]
    remarks += [Remark(_told(fate), serious=True) for fate in translation.became(None)]
    remarks += [Remark(_told(fate), serious=False) for fate in translation.became(Verdict.IGNORED)]
    if (
        translation.fates
        and not any(_about_term(fate.line) for fate in translation.fates)
        and "signals" not in by_setting(found.native)
    ):
        remarks.append(Remark("without die-on-term uWSGI reloads on TERM; here TERM stops, and HUP reloads", serious=False))
    return tuple(remarks)


def _about_term(line: Line) -> bool:
    return (line.name == "die-on-term" and line.on) or "gracefully_kill_them_all" in line.value


def _told(fate: Fate) -> str:
    return f"{fate.line.place}: {fate.line.name[:80]}: {fate.sentence}"

"""From the lines of a [uwsgi] section to values for our options, and what became of each line: a pure function of the table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from adapter.config.ini.rows import Companion, Given, Line, Row, Said, Sheet, Verdict
from adapter.config.ini.table import ROWS, row_of
from adapter.config.ini.values import bare
from adapter.config.kinds import FLAG
from adapter.config.nearest import nearest
from adapter.config.settings import OPTIONS
from adapter.exits import Misuse

_COUNTED = frozenset({"N", "N|auto|N:M", "TIME", "SIZE", "OCTAL"})  # what a comment behind it cannot spoil
_GUESSES = 20  # names
_LONGEST = 60  # characters of a name: as many as anybody means
ENVIRONMENT = "in the environment"  # what the place of such a line ends with
WITHOUT = "without"
"""In [adapter]: options of uWSGI's that somebody else takes care of now."""


class Fate(NamedTuple):
    """What became of one line."""

    line: Line
    verdict: Verdict | None  # None: uWSGI has no such option
    sentence: str = ""
    companion: Companion | None = None


class Translation(NamedTuple):
    """Values in the order of the file; those without lines are what uWSGI does unasked."""

    givens: tuple[Given, ...]
    fates: tuple[Fate, ...]

    def became(self, verdict: Verdict | None) -> list[Fate]:
        """Of all lines those with this end."""
        return [fate for fate in self.fates if fate.verdict is verdict]


def translate(lines: Sequence[Line], used: Iterable[str] = (), without: Line | None = None) -> Translation:
    """`used`: names that are placeholders. Raises Misuse for a value that means nothing, and with `strict` for an unknown name."""
    by_row: dict[str, list[Line]] = {}
    for line in lines:
        if (row := row_of(line.name)) is not None:
            by_row.setdefault(row.names[0], []).append(line)
    sheet = Sheet(by_row)
    elsewhere = _elsewhere(without)
    givens: list[Given] = []
    told: dict[Line, Said] = {}
    for row, written in [(_row(written[0]), written) for written in by_row.values()]:
        for each in row.make(sheet, written) if row.make else ():
            if isinstance(each, Given):
                givens.append(_texted(each))
            else:
                told[each.line] = each
    meant = _guesses(lines, frozenset(used))
    fates = [_fate(line, told.get(line), elsewhere, sheet, meant) for line in lines]
    return Translation((*givens, *_unasked(sheet, lines)), tuple(fates))


def _row(line: Line) -> Row:
    row = row_of(line.name)
    assert row is not None
    return row


def _texted(given: Given) -> Given:
    """uWSGI reads numbers as atoi(3) does, and everything but a few words as true."""
    kind = OPTIONS[given.name].kind
    if kind is FLAG and given.lines:
        return given._replace(text="true" if given.lines[-1].on else "false")
    return given._replace(text=bare(given.text)) if kind.metavar in _COUNTED else given


def _unasked(sheet: Sheet, lines: Sequence[Line]) -> list[Given]:
    """What uWSGI does when nobody says otherwise, and the application may count on."""
    if not lines:
        return []
    found = []
    if not (sheet.all("threads") or sheet.last("gevent") or sheet.last("async")):
        found.append(Given("threads", "1", ()))
    if not (sheet.all("disable-logging") or sheet.all("req-logger")):
        found.append(Given("access_log", "-", ()))
    return found


def _elsewhere(without: Line | None) -> frozenset[str]:
    """The rows that are somebody else's now."""
    if without is None:
        return frozenset()
    names = [name for name in (word.strip() for word in without.value.replace(",", " ").split()) if name]
    rows = {name: row_of(name) for name in names}
    for name, row in rows.items():
        if row is None:
            near = nearest(name, ROWS)
            raise Misuse(
                f"{without.place}: {WITHOUT} names {name}, which is no option of uWSGI's{f': did you mean {near}?' if near else ''}"
            )
    return frozenset(row.names[0] for row in rows.values() if row)


def _fate(line: Line, told: Said | None, elsewhere: frozenset[str], sheet: Sheet, meant: Mapping[str, str | None]) -> Fate:
    row = row_of(line.name)
    if row is None:
        return _unknown(line, sheet, meant)
    verdict, sentence = (told.verdict, told.sentence) if told else (row.verdict, row.why)
    if verdict is Verdict.REFUSED and row.names[0] in elsewhere:
        return Fate(line, Verdict.IGNORED, f"somebody else does it ({WITHOUT})")
    if verdict in {Verdict.REFUSED, Verdict.IGNORED} and not line.on:
        return Fate(line, Verdict.IMPLIED, "it is off")
    return Fate(line, verdict, sentence, told.companion if told else None)


def _guesses(lines: Sequence[Line], used: frozenset[str]) -> dict[str, str | None]:
    """What each unknown name was probably meant to be, of the first few: to compare with all that we know takes milliseconds each."""
    unknown = {
        line.name: line.place.endswith(ENVIRONMENT) for line in lines if line.name not in used and row_of(line.name) is None
    }
    few = list(unknown.items())[:_GUESSES]
    guessed = {name: nearest(name[:_LONGEST], ROWS, likeness=0.9 if foreign else 0.6) for name, foreign in few}
    return dict.fromkeys(unknown) | guessed


def _unknown(line: Line, sheet: Sheet, meant: Mapping[str, str | None]) -> Fate:
    """A placeholder, if anybody asks for it; else a mistake, if it is not Kubernetes that speaks."""
    if line.name not in meant:
        return Fate(line, Verdict.GRAMMAR, "a placeholder")
    foreign, near = line.place.endswith(ENVIRONMENT), meant[line.name]
    if foreign and not near:
        return Fate(line, Verdict.GRAMMAR, "not ours")
    sentence = "uWSGI has no such option" + (f": did you mean {near}?" if near else "")
    if sheet.on("strict") and not foreign:
        raise Misuse(f"{line.place}: {line.name[:_LONGEST]}: {sentence} (the file is strict)")
    return Fate(line, None, sentence)


def by_setting(givens: Iterable[Given]) -> Mapping[str, list[Given]]:
    """All values of each option of ours; of one that takes one value the last."""
    found: dict[str, list[Given]] = {}
    for given in givens:
        if OPTIONS[given.name].many:
            found.setdefault(given.name, []).append(given)
        else:
            found[given.name] = [given]
    return found

"""From line to line and file to file: includes are read where they stand, blocks unrolled, until there is one long list of entries."""

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, NamedTuple

from adapter.config.ini import limits, logic, magic
from adapter.config.ini.sheet import Line, Sheet, sheet
from adapter.config.ini.toml import table
from adapter.config.ini.values import bare
from adapter.config.ini.world import World
from adapter.config.nearest import meant
from adapter.exits import Misuse, SystemFailure

NATIVE: Final = "adapter"
_SECTION: Final = "uwsgi"
_INCLUDES: Final = frozenset({"ini", "include", "config"})
_FOREIGN: Final = frozenset({"xml", "xmlconfig", "yaml", "yml", "json", "js"})
_SCHEME: Final = re.compile(r"[a-z0-9]+://|-$")
_PROGRAMS: Final = ("exec", "hook", "route", "cron", "attach", "smart", "print", "iprint")  # a # or ; behind them is a shell's
_NAMES: Final = 100  # sections, looked at for the one that was meant
_NEITHER: Final = frozenset(
    f"UWSGI_{name}"
    for name in (
        "RELOADS", "VASSALS_DIR", "EMPEROR_FD", "EMPEROR_FD_CONFIG", "EMPEROR_PROXY", "BROODLORD_NUM", "JAIL_PID", "ORIGINAL_PROC_NAME",
    )
)  # fmt: skip


class Kind(Enum):
    """What becomes of an entry."""

    OPTION = auto()
    PLACEHOLDER = auto()  # only to be filled in elsewhere
    DECLARATION = auto()  # a new option, made of others
    INHERITED = auto()  # a file to be read when all else is
    PRINTED = auto()


class Entry(NamedTuple):
    """A line that counts, after loops and conditions."""

    kind: Kind
    name: str
    value: str
    place: str


_KINDS: Final = {
    "set-placeholder": Kind.PLACEHOLDER,
    "set-ph": Kind.PLACEHOLDER,
    "declare-option": Kind.DECLARATION,
    "inherit": Kind.INHERITED,
    "print": Kind.PRINTED,
}


class Walk:
    """One reading under way."""

    def __init__(self, world: World, environ: Mapping[str, str], *, again: bool) -> None:
        facts = world.facts()
        self.entries: list[Entry] = []
        self.native: list[Entry] = []
        self.remarks: list[str] = []
        self.allowance = limits.Allowance()
        self._world = world
        self._environ = environ
        self._magic = magic.of_process(facts)
        self._said: dict[str, str] = {}
        self._asked = logic.Asked(world, environ, self._said.get, facts.hostname, again)
        self._inside: list[tuple[str, str]] = []
        self.seen: set[str] = set()  # by their absolute paths
        self._last = ""
        self._files = 0

    def environment(self, spec: str) -> None:
        """`UWSGI_FOO_BAR=x` is `foo-bar = x`, and comes before every file."""
        for variable, value in self._environ.items():
            if not variable.startswith("UWSGI_") or variable in _NEITHER:
                continue
            name = variable.removeprefix("UWSGI_").lower().replace("_", "-")
            place = f"{variable} in the environment"
            if name == "ini" and self._world.full(_split(value)[0]) == self._world.full(_split(spec)[0]):
                continue  # images set it to the very file that is asked for
            if logic.begins(name) or name in logic.ENDS or name == "else":
                raise Misuse(f"{place}: {name} belongs in a file, not in the environment")
            self._put(name, value, place)

    def begin(self, spec: str) -> None:
        """The file that was asked for."""
        path, section = _split(spec)
        if not path:
            raise Misuse(f"--ini {spec or 'of nothing'}: name a file, as in --ini uwsgi.ini or --ini uwsgi.ini:section")
        self._magic |= magic.first_file(magic.of_file(path, self._world.full(path), section or "", self._world.inode(path)))
        self._file(path, section, "")

    def inherit(self, spec: str, place: str) -> None:
        """A file that was to be read last."""
        self._include(spec, place)

    def _include(self, spec: str, place: str) -> None:
        path, section = _split(spec)
        if not path and section is None:
            raise Misuse(f"{place}: name the file to be included")
        if not path and self._inside and self._inside[-1][0] != self._world.full(self._last):
            self.remarks.append(f"{place}: :{section} is looked for in {self._last}, as that was the last file to be read")
        self._file(path or self._last, section, place)

    def _file(self, path: str, section: str | None, place: str) -> None:
        full, wanted = self._checked(path, section, place)
        page = self._sheet(path, full, section or "", place)
        self.remarks += page.remarks
        self._last = path
        if wanted not in page.sections and (section or place or NATIVE not in page.sections):
            sentence = f"{path} has no section [{wanted}]{meant(wanted, sorted(page.sections)[:_NAMES])}"
            if not place:
                raise Misuse(sentence)
            self.remarks.append(f"{place}: {sentence}")
        first_time = full not in self.seen
        self.seen.add(full)
        self._inside.append((full, wanted))
        self._lines([line for line in page.lines if line.section == wanted], path)
        self._inside.pop()
        if first_time:  # behind those of the files it includes: the last word is the including file's
            self.native += [
                Entry(Kind.OPTION, line.name, line.value, f"{path}:{line.number}")
                for line in page.lines
                if line.section == NATIVE
            ]

    def _checked(self, path: str, section: str | None, place: str) -> tuple[str, str]:
        """The absolute path, and the section to look for."""
        before = f"{place}: " if place else ""
        limits.one_line(path, before)
        if _SCHEME.match(path):
            raise Misuse(f"{before}cannot read {path}: only files are read; put what it gives into one")
        if path.endswith((".xml", ".yaml", ".yml", ".json", ".js")):
            raise Misuse(f"{before}cannot read {path}: only INI (and TOML) is understood; write it as INI")
        if section == NATIVE:
            raise Misuse(f"{before}[{NATIVE}] is read with every section: name one of uWSGI's, or none")
        full, wanted = self._world.full(path), section or _SECTION
        if (full, wanted) in self._inside:
            chain = [f"{name} [{part}]" for name, part in [*self._inside[self._inside.index((full, wanted)) :], (full, wanted)]]
            raise Misuse(f"{before}the files include each other in a circle: {' -> '.join(chain)}")
        self._files += 1
        if len(self._inside) >= limits.DEPTH or self._files > limits.FILES:
            raise Misuse(f"{before}more than {limits.DEPTH} files inside each other, or {limits.FILES} in all, are not read")
        return full, wanted

    def _sheet(self, path: str, full: str, section: str, place: str) -> Sheet:
        is_table = path.endswith(".toml")
        try:
            data = self._world.contents(path, limits.TABLE if is_table else limits.FILE)
        except (Misuse, SystemFailure) as error:
            raise type(error)(f"{place}: {error.sentence}{_unfilled(path)}" if place else error.sentence) from None
        self.allowance.spend(len(data), place or path)
        variables = {**self._magic, **magic.of_file(path, full, section, self._world.inode(path))}
        return (table if is_table else sheet)(data, path, frozenset({section or _SECTION, NATIVE}), variables)

    def _lines(self, lines: list[Line], path: str) -> None:
        block: logic.Block | None = None
        for line in lines:
            block = self._line(line, f"{path}:{line.number}", block)
        if block is not None:
            self.remarks.append(f"{block.place}: {block.word} is never ended: it ends with the section")

    def _line(self, line: Line, place: str, block: logic.Block | None) -> logic.Block | None:
        name, value = line.name, line.value
        if bare(value) != value and not name.startswith(_PROGRAMS):
            self.remarks.append(
                f"{place}: there are no comments behind a value in this grammar: all of it is the value of {name}"
            )
        if name in logic.ENDS:
            if block is None:
                self.remarks.append(f"{place}: there is nothing for {name} to end")
            return None
        if name == "else":
            if block is None:
                raise Misuse(f"{place}: else belongs to an if-, and there is none")
            self.remarks.append(
                f"{place}: uWSGI 2.0 knows no else, and takes what follows for a part of its {block.word}; here it is one"
            )
            return block.otherwise(place)
        if logic.begins(name):
            if block is not None:
                raise Misuse(
                    f"{place}: {name} inside the {block.word} of {block.place}: end that first, blocks do not go into blocks"
                )
            if _unfilled(value):
                self.remarks.append(f"{place}: {name} is decided as it is read{_unfilled(value)}")
            return logic.begun(name, value, place, self._asked)
        for item in block.items if block else (None,):
            self._put(name, logic.turned(value, item, place), place)
        return block

    def _put(self, name: str, value: str, place: str) -> None:
        """One entry; what uWSGI does as it reads is done."""
        while name == "set":
            name, value = _assigned(name, value, place)
        self.allowance.spend(len(value), place)
        if name in _INCLUDES:
            self._include(value, place)
        elif name in _FOREIGN:
            raise Misuse(f"{place}: cannot read {value or 'it'}: only INI (and TOML) is understood; write it as INI")
        elif name == "iprint":
            self.remarks.append(f"{place}: {value}")
        elif name == "exit":
            self._exit(place)
        elif name == "resolve":
            raise Misuse(f"{place}: names are not resolved here: write the address, or set it in the environment and say $(NAME)")
        elif logic.begins(name) or name in logic.ENDS or name == "else":
            raise Misuse(f"{place}: {name} must be on a line of its own")
        else:
            self._add(_KINDS.get(name, Kind.OPTION), name, value, place)

    def _add(self, kind: Kind, name: str, value: str, place: str) -> None:
        if kind is Kind.PLACEHOLDER:
            name, value = _assigned(name, value, place)
        if len(self.entries) >= limits.LINES:
            raise Misuse(f"{place}: there are more than {limits.LINES} options, so this is no configuration")
        self.entries.append(Entry(kind, name, value, place))
        if kind in (Kind.OPTION, Kind.PLACEHOLDER):
            self._said.setdefault(name, value)

    def _exit(self, place: str) -> None:
        printed = [entry.value for entry in self.entries if entry.kind is Kind.PRINTED]
        raise Misuse(f"{place}: the file says exit{': ' + ' '.join(printed[-1].split()) if printed else ''}")


def _split(spec: str) -> tuple[str, str | None]:
    """`FILE[:section]`; None when no section is named."""
    path, colon, section = spec.rpartition(":")
    return (path, section or None) if colon and "://" not in spec else (spec, None)


def _assigned(word: str, value: str, place: str) -> tuple[str, str]:
    name, sign, text = value.partition("=")
    if not sign or not name.strip():
        raise Misuse(f"{place}: {word} wants NAME=VALUE")
    return name.strip(), text.strip()  # uWSGI would make a name of the blank before the =


def _unfilled(text: str) -> str:
    return f", before {text[:60]} could be filled in" if "$(" in text or "%(" in text or "@(" in text else ""

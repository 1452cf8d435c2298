"""`declare-option = NAME=option=$1;option=$2`: an option made of others."""

from typing import Final

from adapter.config.ini.limits import DEPTH, LINES, Allowance, fitting
from adapter.config.ini.walk import Entry, Kind
from adapter.exits import Misuse

_MADE: Final = 1024  # characters' worth of work, to take one apart


def made_of(entries: list[Entry], allowance: Allowance) -> list[Entry]:
    """The options alone, the declared ones as what they stand for."""
    templates: dict[str, str] = {}
    for entry in entries:
        if entry.kind is Kind.DECLARATION:
            name, sign, template = entry.value.partition("=")
            if not sign or not name:
                raise Misuse(f"{entry.place}: declare-option wants NAME=TEMPLATE")
            templates.setdefault(name, template)
    made: list[Entry] = []
    for entry in entries:
        if entry.kind is Kind.OPTION:
            made += _made(entry, templates, allowance, frozenset()) if entry.name in templates else [entry]
            if len(made) > LINES:
                raise Misuse(f"{entry.place}: there are more than {LINES} options, so this is no configuration")
    return made


def _made(entry: Entry, templates: dict[str, str], allowance: Allowance, inside: frozenset[str]) -> list[Entry]:
    if entry.name in inside or len(inside) >= DEPTH:
        raise Misuse(f"{entry.place}: {entry.name} is declared as made of itself, or of others more than {DEPTH} deep")
    allowance.spend(_MADE, entry.place)
    made: list[Entry] = []
    words = [word for word in entry.value.split(" ") if word] or [""]
    for part in templates[entry.name].split(";"):
        name, sign, value = part.partition("=")
        if not sign:
            break
        for number, word in enumerate(words, 1):
            allowance.spend(len(name) + len(value) + len(word), entry.place)
            name = fitting(name.replace(f"${number}", word), entry.place)
            value = fitting(value.replace(f"${number}", word), entry.place)
        if not name.strip():
            raise Misuse(f"{entry.place}: {entry.name} is declared as made of an option without a name")
        option = Entry(Kind.OPTION, name.strip(), value.strip(), entry.place)
        made += _made(option, templates, allowance, inside | {entry.name}) if option.name in templates else [option]
    return made

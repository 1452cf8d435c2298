"""A translated file, written down: as TOML for --config, or as a command line; with a comment for each line that is not as it was."""

import json
import shlex
from collections.abc import Iterable, Sequence

from adapter.config.ini.companions import Beside
from adapter.config.ini.rows import Given, Line, Verdict
from adapter.config.ini.said import Contents
from adapter.config.ini.translating import Fate, by_setting
from adapter.config.kinds import FLAG, OCTAL
from adapter.config.settings import OPTIONS, spelled

_HEADINGS: tuple[tuple[str, Verdict | None], ...] = (
    ("Mistakes? uWSGI has no such options", None),
    ("Refused: this is left for you to do", Verdict.REFUSED),
    ("Left out", Verdict.IGNORED),
    ("Always so with adapter", Verdict.IMPLIED),
)


def _values(contents: Contents) -> dict[str, list[Given]]:
    """In the order of our own table."""
    values = {**by_setting(contents.translation.givens), **by_setting(contents.native)}
    return {name: values[name] for name in OPTIONS if name in values}


def toml(spec: str, contents: Contents, programs: Sequence[Beside] = ()) -> str:
    """A file for --config. `programs`: what ran beside the application and is yet to be written."""
    text = f"# {_plain(spec)}, translated. To be used by: adapter serve --config FILE\n\n[adapter]\n"
    for name, givens in _values(contents).items():
        text += "".join(f"# {line}\n" for line in _sources(name, givens))
        option = OPTIONS[name]
        if option.many:
            items = ", ".join(_quoted(given.text) for given in givens)
            text += f"{name} = [{items}]\n"
        elif option.kind is FLAG:
            text += f"{name} = {'true' if option.kind.parse(givens[-1].text) else 'false'}\n"
        else:
            value = givens[-1].text
            whole = value.isascii() and value.isdigit() and str(int(value)) == value and option.kind is not OCTAL
            text += f"{name} = {value if whole else _quoted(value)}\n"
    return text + _ends(contents, programs)


def command(spec: str, contents: Contents, programs: Sequence[Beside] = ()) -> str:
    """For a shell."""
    values = _values(contents)
    words = [["adapter", "serve"]]
    if "app" in values:
        words[0].append(values.pop("app")[-1].text)
    comments = [f"# {line}" for name, givens in _values(contents).items() for line in _sources(name, givens)]
    for name, givens in values.items():
        option = spelled(name)
        if OPTIONS[name].kind is FLAG:
            on = bool(OPTIONS[name].kind.parse(givens[-1].text))
            words.append([option if on else option.replace("--", "--no-", 1)])
        else:
            words += [[option, given.text] for given in givens]
    line = " \\\n    ".join(shlex.join(each) for each in words)
    told = "".join(f"{comment}\n" for comment in comments)
    return f"# {_plain(spec)}, translated\n{told}{_ends(contents, programs).lstrip()}\n{line}\n"


def _sources(name: str, givens: Iterable[Given]) -> list[str]:
    """The lines it comes from, unless one says the same in the same words."""
    found: list[str] = []
    for given in givens:
        if not given.lines:
            found.append(f"{name.replace('_', '-')} {given.text}: what uWSGI does unasked")
        elif given.lines[0].name.replace("-", "_") != name or given.lines[0].value != given.text:
            found += [_plain(str(line)) for line in given.lines]
    return list(dict.fromkeys(found))


def _ends(contents: Contents, programs: Sequence[Beside]) -> str:
    """What became of the other lines, and what there is to remark. Below the line of a program what makes it run without uWSGI."""
    pasted: dict[Line, str] = {each.line: "".join(f"#     {_plain(told)}\n" for told in pasting(each)) for each in programs}
    text = ""
    for heading, verdict in _HEADINGS:
        fates = contents.translation.became(verdict)
        if fates:
            text += f"\n# {heading}:\n" + "".join(f"#   {_told(fate)}\n{pasted.get(fate.line, '')}" for fate in fates)
    if contents.read:
        text += "\n# On the file:\n" + "".join(f"#   {_plain(each)}\n" for each in contents.read)
    return text


def pasting(program: Beside) -> list[str]:
    """What an operator pastes for it, as lines of a comment."""
    where = (
        f"for the crontab of {program.user or 'its user'} (crontab -e):"
        if program.times
        else "to be typed (or another KIND of adapter conf):"
    )
    return [*(f"to change: {change}" for change in program.changes), where, program.paste]


def _told(fate: Fate) -> str:
    return _plain(f"{fate.line} ({fate.sentence})" if fate.sentence else str(fate.line))


def _plain(text: str) -> str:
    """On one line, whatever the file had."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's escapes are among its own, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

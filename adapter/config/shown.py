"""The table for people: a default as one would type it, and the page docs/options.md (`python -m adapter.config.shown`)."""

from itertools import groupby

from adapter.config.kinds import AGE, DURATION, FLAG, OCTAL, SIZE, SOME_DURATION
from adapter.config.settings import DEFAULTS, OPTIONS, Option, spelled, variable

_PAGE = """# Options

Made from `adapter/config/settings.py` by `make docs`; a test compares them.

The command line wins over the environment, the environment over the config file, the config file over the default.
`--envdir` counts as environment, and wins over the environment `adapter` was started with, as envdir(8) does.
Several of them add up, whoever names them, those of the command line last: the last one wins.
A variable that is set to nothing counts as not set. Several addresses in one variable are separated by spaces, several
directories by colons, commands and fields of a response by newlines.

The config file (`--config FILE`) is TOML. Its keys are the options in one table, and a key that is no option is an error:

```toml
[adapter]
app = "shop.wsgi"
bind = ["127.0.0.1:8000", "unix:/run/shop.sock"]
workers = "auto"
drain_timeout = "25s"
socket_mode = "660"

[adapter.env]
DJANGO_SETTINGS_MODULE = "shop.settings"
```

Relative paths are taken from the directory `adapter` was started in, by the name in `$PWD`, so that a symlinked release
directory is found anew at each reload. What the application is made of (APP, `--pythonpath`) is taken from `--chdir` on.

Times are seconds, or end in `ms`, `s`, `m` or `h`. Sizes are bytes, or end in `K`, `M` or `G` (1024 each). Modes are octal.
"""


def default(name: str) -> str:
    """The default as the command line would have it; empty when there is none."""
    value, kind = DEFAULTS[name], OPTIONS[name].kind
    if kind is FLAG and value is None:
        return "auto"
    if value is None or value in ((), ""):
        return ""
    if kind is FLAG:
        return "" if value is False else "on"
    if kind in (AGE, DURATION, SOME_DURATION):
        return f"{value:g}s" if value else "0"
    if kind is SIZE:
        return _size(value)
    return f"{value:o}" if kind is OCTAL else str(value)


def page() -> str:
    """docs/options.md, whole."""
    text = _PAGE
    for group, rows in groupby(OPTIONS.items(), key=lambda row: row[1].group):
        text += f"\n## {group}\n\n| option | environment | default | what, and why so |\n|---|---|---|---|\n"
        text += "".join(_row(name, option) for name, option in rows)
    return text


def _row(name: str, option: Option) -> str:
    spelling = spelled(name)
    if option.kind is FLAG and not option.only_asked:
        spelling += f"`, `{spelling.replace('--', '--no-', 1)}"
    if option.short:
        spelling = f"{option.short}`, `{spelling}"
    metavar = f" {option.kind.metavar}" if option.kind.metavar and not option.argument else ""
    heard = "" if option.between is None or option.only_asked else f"`{variable(name)}`"
    shown = f"`{default(name)}`" if default(name) else ("off" if option.kind is FLAG else "")
    cells = (f"`{spelling}{metavar}`", heard, shown, f"{option.help} *{option.why}*")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _size(value: int) -> str:
    for power, letter in ((30, "G"), (20, "M"), (10, "K")):
        if value % (1 << power) == 0:
            return f"{value >> power}{letter}"
    return str(value)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 -- this is its output

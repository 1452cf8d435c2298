"""`adapter signals`: the very tables the master runs on."""

from collections.abc import Sequence

import click

from adapter.exits import STOPPED


@click.command("signals", short_help="Show what each signal and FIFO letter does.")
def command() -> int:
    """Show what each signal to the master and each letter in its FIFO does, and what uWSGI makes of it."""
    from adapter.lifecycle.commands import MEANINGS  # noqa: PLC0415 -- as above
    from adapter.lifecycle.dialects import DEFAULT, FIFO, SIGNALS, SLOTS, UWSGI  # noqa: PLC0415 -- `--help` does not need it

    signals = [(row.signal.name.removeprefix("SIG"), row.meaning, row.uwsgi) for row in SIGNALS]
    letters = [(row.letter, row.meaning, row.uwsgi) for row in FIFO]
    letters.append((f"{SLOTS[0]}-{SLOTS[-1]}", "listen at this --fifo from now on, the first being 0", "same"))
    _table([("signal", "meaning", "in uWSGI"), *signals])
    for signal, command in UWSGI.items():
        if command is not DEFAULT[signal]:
            click.echo(f"With --signals uwsgi, {signal.name.removeprefix('SIG')} is {command.value}: {MEANINGS[command]}")
    click.echo()
    _table([("letter", "meaning", "in uWSGI"), *letters])
    return STOPPED


def _table(rows: Sequence[tuple[str, str, str]]) -> None:
    first_width, meaning_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for first, meaning, uwsgi in rows:
        click.echo(f"{first:<{first_width}}  {meaning:<{meaning_width}}  {uwsgi}")

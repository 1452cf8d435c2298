"""`adapter signals`: the very table the master runs on."""

import click

from adapter.exits import STOPPED


@click.command("signals", short_help="Show what each signal does.")
def command() -> int:
    """Show what each signal to the master does, and what uWSGI makes of it."""
    from adapter.lifecycle.dialects import SIGNALS  # noqa: PLC0415 -- `--help` does not need it

    rows = [("signal", "meaning", "in uWSGI")]
    rows += [(row.signal.name.removeprefix("SIG"), row.meaning, row.uwsgi) for row in SIGNALS]
    signal_width, meaning_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for signal, meaning, uwsgi in rows:
        click.echo(f"{signal:<{signal_width}}  {meaning:<{meaning_width}}  {uwsgi}")
    return STOPPED

"""The commands for people: the page docs/commands.md (`python -m adapter.lifecycle.shown`)."""

from adapter.lifecycle.commands import MEANINGS, Command
from adapter.lifecycle.dialects import DEFAULT, FIFO, SIGNALS, UWSGI

_PAGE = """# Commands

Made from `adapter/lifecycle/commands.py` and `dialects.py` by `make docs`; a test compares them. `adapter signals` prints the same.

What an operator can ask of a running server, and by which door. A command means the same by whichever door it comes.

| command | signal to the master | letter in the FIFO | meaning |
|---|---|---|---|
"""
_DIALECT = """
With `--signals uwsgi` TERM is {command}, as with uWSGI, for operators and scripts that are used to it. Every supervisor stops by TERM, so
this is for those alone who have told theirs another signal; PWR stops in either dialect, and `adapter stop PIDFILE` sends that.
"""
_CTL = """
## adapter ctl

`adapter ctl TARGET COMMAND [NUMBER]` asks for any of these. TARGET is told apart by what the path is:

| target | how | answers |
|---|---|---|
| the `--control` socket | every command, by name | yes: `--wait` and `--json` work |
| the `--pidfile` | by the control socket that its server was started with; without one by the signals above | only the end of a stop |
| the `--fifo` | by the letters above | none |

With `--wait` reloads and stops return when they have come to their end, and show on the way what the log says and who still holds what.
Exit 0: done. 1: it failed, and why. 100: that target cannot do it, or names nobody. 111: the server is lost, or silent for longer than
`--timeout`. `adapter reload TARGET` and `adapter stop TARGET` are short forms.

A program can speak to the control socket itself: one JSON object per line, `{"command": "reload", "wait": true}`, and one per line back.
"""
_TOUCH = """
## Files to touch

`--touch-reload PATH`, `--touch-chain-reload`, `--touch-workers-reload`, `--touch-reopen` and `--touch-stop` (each repeatable) do what
they say when the file is touched, written, replaced, or comes to be; also when a symbolic link on the way to it is switched. Deleting it is no touch: a file
that is deleted and made again is one. What happens within a tenth of a second is one touch, and what happens during a reload, the
exec included, is not lost. The kernel tells of changes (inotify), so nobody polls; where it cannot (its limits are reached), the log
says so and the files are looked at every two seconds. A change made by another host of a network file system is never told.
"""
_WATCH = """
## Development

`--watch` reloads on save: a file that the application imported (installed packages apart) makes a workers reload, the `--config` file or
a file of the `--envdir` a reload. It is the same transaction as ever: what cannot be imported is shown in the log with its traceback,
the old code goes on, and the file is watched for being mended.
"""
_FIFO = """
## The FIFO

`--fifo PATH` makes a named pipe (mode 600) that is held open for as long as the server lives, also during a reload: `echo r >PATH`
never waits. It is removed at exit. One that a dead server (or uWSGI) left behind is taken over; a symbolic link, another file, or a
FIFO that somebody reads from is refused.

Several letters in one line are done in order: `echo ++ >PATH`. A line with a letter that is none, or of more than 32, does nothing
at all and leaves a warning in the log: it was not meant for us. There is no answer; the control socket has answers.

`--fifo` given several times makes slots, 0 first. Only the active slot's file exists; a digit makes another one active, as with
uWSGI. Unlike with uWSGI, it is still active after a reload.

uWSGI's letters, and what differs:

| letter | meaning | in uWSGI |
|---|---|---|
"""


def page() -> str:
    """docs/commands.md, whole."""
    text = _PAGE + "".join(_command(command) for command in Command)
    text += _DIALECT.format(command=next(UWSGI[each].value for each in UWSGI if UWSGI[each] is not DEFAULT[each]))
    text += _CTL + _TOUCH + _WATCH + _FIFO + "".join(_row(row.letter, row.meaning, row.uwsgi) for row in FIFO)
    return text


def _command(command: Command) -> str:
    signals = ", ".join(row.signal.name.removeprefix("SIG") for row in SIGNALS if row.command is command)
    letters = ", ".join(f"`{row.letter}`" for row in FIFO if row.command is command)
    return _row(command.value, signals, letters, MEANINGS[command])


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 -- this is its output

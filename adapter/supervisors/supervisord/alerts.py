"""`adapter-alerts`: an event listener of supervisord that tells of crash loops, failed reloads and drains that hang.

    [eventlistener:alerts]
    command=adapter-alerts --command "mail -s adapter root"
    events=PROCESS_STATE,PROCESS_COMMUNICATION,REMOTE_COMMUNICATION,TICK_5

The protocol (supervisord.org/events.html): we say READY, get a line of words and a payload of `len` characters, and say OK.
"""

import argparse
import io
import os
import shlex
import sys
import time
from collections.abc import Sequence
from typing import NoReturn, TextIO

from adapter.exits import STOPPED, Fatal, Misuse
from adapter.log import Log
from adapter.supervisors.supervisord.alerting import Event, Judge, Limits, parsed
from adapter.supervisors.supervisord.delivering import Deliver, Post, by_command, by_webhook

_DIGITS = 4
_LONGEST = 1 << 24  # characters of a payload


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Misuse(f"{message}; see adapter-alerts --help")


def main() -> None:
    """The command."""
    log = Log(2, stamp=False)
    try:
        code = run(sys.argv[1:], log)
    except Fatal as error:
        log.fatal(error.sentence)
        code = error.code
    sys.exit(code)


def run(argv: Sequence[str], log: Log) -> int:
    """Until supervisord is gone; the exit code. Raises Misuse."""
    asked = _parser().parse_args(argv)
    judge = Judge(Limits(asked.deaths, asked.within, asked.stuck_after), frozenset(asked.program))
    ways = _ways(asked)
    if os.isatty(0) or "SUPERVISOR_ENABLED" not in os.environ:
        raise Misuse("adapter-alerts is started by supervisord, as [eventlistener:…]; see conf/supervisord/README.md")
    post = Post(ways, log.warning)
    # Characters are counted, so no line end may be made another; and an event is worth more than its every character.
    events = io.TextIOWrapper(sys.stdin.buffer, "utf-8", "replace", newline="\n")
    replies = sys.stdout
    while (event := _next(events, replies)) is not None:
        for alert in judge.alerts(event, time.monotonic()):
            log.warning(alert.sentence, kind=alert.kind.value)
            post.put(alert)
        replies.write("RESULT 2\nOK")
        replies.flush()
    post.close()
    return STOPPED


def _next(events: TextIO, replies: TextIO) -> Event | None:
    """The next event; None when supervisord is gone. Raises Misuse for what is no event."""
    replies.write("READY\n")
    replies.flush()
    line = events.readline(_LONGEST)
    if not line:
        return None
    words = dict(word.split(":", 1) for word in line.split() if ":" in word)
    size = words.get("len", "")
    if not size.isdecimal() or int(size) > _LONGEST or "eventname" not in words:
        raise Misuse("what comes on stdin is no event of supervisord: start it as an [eventlistener:…]")
    return parsed(words["eventname"], events.read(int(size)))


def _ways(asked: argparse.Namespace) -> list[Deliver]:
    try:
        commands = [shlex.split(each) for each in asked.command]
    except ValueError as error:
        raise Misuse(f"--command: {error}") from None
    if not all(commands):
        raise Misuse("--command is empty: name a program and its arguments")
    ways = [*map(by_command, commands), *map(by_webhook, asked.webhook)]
    if not ways:
        raise Misuse("nobody would be told: say --command or --webhook")
    return ways


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="adapter-alerts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Limits()
    parser.add_argument(
        "--command", action="append", default=[], help="a program to run with each alert on its stdin; repeatable"
    )
    parser.add_argument(
        "--webhook", action="append", default=[], metavar="URL", help="where to POST each alert as JSON; repeatable"
    )
    parser.add_argument(
        "-p",
        "--program",
        action="append",
        default=[],
        metavar="NAME",
        help="watch this program, process or group; repeatable (default: all)",
    )
    parser.add_argument(
        "--deaths", type=_whole, default=usual.deaths, help="so many within --within are a crash loop (default: %(default)s)"
    )
    parser.add_argument("--within", type=_seconds, default=usual.window, metavar="SECONDS", help="default: %(default)g")
    parser.add_argument(
        "--stuck-after",
        type=_seconds,
        default=usual.stuck,
        metavar="SECONDS",
        help="a stop that lasts longer hangs: more than --drain-timeout (default: %(default)g)",
    )
    return parser


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 to 9999")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < 1e7:  # noqa: PLR2004 -- four months; NaN is none either
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds")
    return seconds


if __name__ == "__main__":
    main()

"""What the commands that talk to a running server have in common: the target, and how long to wait."""

from collections.abc import Callable
from typing import Any

import click

from adapter.config.kinds import SOME_DURATION
from adapter.exits import Misuse

target = click.argument("target", metavar="TARGET")


def waiting(until: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options `--wait` and `--timeout`."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        wait = click.option("--wait", is_flag=True, help=f"Wait until {until}.")
        limit = click.option("--timeout", metavar="TIME", help="Give up waiting after so long, and exit 111; implies --wait.")
        return wait(limit(function))

    return add


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line, for programs.")


def seconds(text: str | None, option: str = "--timeout") -> float | None:
    """What this option says, in seconds. Raises Misuse."""
    if text is None:
        return None
    try:
        return float(SOME_DURATION.parse(text) or 0)
    except ValueError:
        raise Misuse(f"{option}: '{text}' is not {SOME_DURATION.allowed}") from None

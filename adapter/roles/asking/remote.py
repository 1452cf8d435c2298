"""What `adapter status` shows of a running server."""

import json

from adapter import exits
from adapter.exits import SystemFailure
from adapter.roles.asking.dialogue import ask
from adapter.roles.asking.finding import control_of
from adapter.scoreboard.rates import Rates
from adapter.scoreboard.screen import condition, is_ready, page
from adapter.unix.terminal import size


def status(target: str, *, as_json: bool, ready: bool) -> int:
    """Print what the server knows of itself; with `ready`, say in a word whether it should be sent requests, and exit by it."""
    record = ask(control_of(target), {"command": "status"})["status"]
    if ready:
        print(condition(record))
        return exits.STOPPED if is_ready(record) else exits.FAILED
    if as_json:
        print(json.dumps(record, indent=2))
        return exits.STOPPED
    try:
        lines = page(record, Rates.between(record, None), size(1).columns)
    except (LookupError, TypeError, ValueError) as error:
        raise SystemFailure(f"the server at {target} is of another version and tells other things; --json shows them") from error
    for line in lines:
        print(line.text)
    return exits.STOPPED

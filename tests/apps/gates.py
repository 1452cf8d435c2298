"""Two gates, the files `boot` and `gate` beside this one: the import waits at the first, /gated at the second, while a test holds its lock."""

import fcntl
import os
from pathlib import Path


def _pass(name):
    with Path(__file__).with_name(name).open("ab") as gate:
        os.write(2, f"gates: at the {name} pid={os.getpid()}\n".encode())  # one write: lines of two workers must not mix
        fcntl.flock(gate, fcntl.LOCK_SH)


_pass("boot")


def application(environ, start_response):
    """Whatever is asked for, after the gate or at once."""
    if environ["PATH_INFO"] == "/gated":
        _pass("gate")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"passed\n"]

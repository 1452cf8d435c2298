"""Answers when told: each call says on stderr that it has begun, then waits until the FIFO `gate` beside this file gets a writer's line."""

import os
from pathlib import Path

GATE = Path(__file__).with_name("gate")


def application(environ, start_response):
    """Blocks on `gate` for /gated; anything else is answered at once."""
    if environ["PATH_INFO"] == "/gated":
        os.write(2, f"gated: begun pid={os.getpid()}\n".encode())  # one write: lines of two workers must not mix
        GATE.read_bytes()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"gated\n"]

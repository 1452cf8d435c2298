"""Begins to answer, then waits at the FIFO `gate` beside this file."""

from pathlib import Path

GATE = Path(__file__).with_name("gate")


def application(environ, start_response):
    """The first half, and the second when somebody opens the gate."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "10")])
    yield b"half\n"
    GATE.read_bytes()
    yield b"half\n"

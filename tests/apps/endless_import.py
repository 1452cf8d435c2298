"""An import that does not end until the FIFO `gate` beside this file gets a writer and that writer leaves."""

import os
from pathlib import Path

os.write(2, f"endless_import: begun pid={os.getpid()}\n".encode())  # one write: lines of two workers must not mix
Path(__file__).with_name("gate").read_bytes()


def application(environ, start_response):
    """The gate was opened."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"at last\n"]

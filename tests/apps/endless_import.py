"""An import that does not end until the FIFO `gate` beside this file gets a writer and that writer leaves."""

import os
import sys
from pathlib import Path

print(f"endless_import: begun pid={os.getpid()}", file=sys.stderr, flush=True)
Path(__file__).with_name("gate").read_bytes()


def application(environ, start_response):
    """The gate was opened."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"at last\n"]

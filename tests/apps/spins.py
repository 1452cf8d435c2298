"""Computes in Python, processor and interpreter kept busy: /?seconds=, of this thread's own processor time."""

import os
import time
from urllib.parse import parse_qs


def application(environ, start_response):
    """Says on stderr that it begins, and that it has when it has."""
    os.write(2, b"spins: begun\n")
    seconds = float(parse_qs(environ["QUERY_STRING"])["seconds"][0])
    began = time.thread_time()
    while time.thread_time() - began < seconds:
        pass
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"spun\n"]

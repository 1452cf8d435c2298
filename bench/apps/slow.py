"""Waits, as one waits for a database."""

import time


def application(environ, start_response):
    """`/` at once, `/slow` after 100 ms, anything else after 20 ms."""
    path = environ["PATH_INFO"]
    if path != "/":
        time.sleep(0.1 if path == "/slow" else 0.02)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"done\n"]

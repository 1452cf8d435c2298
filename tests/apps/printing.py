"""Prints where it should not: to stdout and stderr, at import and at each request, also past Python's own streams."""

import os
import sys

print("printed to stdout at import", flush=True)
print("printed to stderr at import", file=sys.stderr, flush=True)
os.write(1, b"written to fd 1 at import\n")


def application(environ, start_response):
    """Says hello, among noise."""
    print("printed to stdout at request", flush=True)
    os.write(1, b"written to fd 1 at request\n")
    environ["wsgi.errors"].write("written to wsgi.errors at request\n")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\n"]

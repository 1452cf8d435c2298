"""Answers with the names of all modules its process has imported, one a line."""

import sys


def application(environ, start_response):
    """sys.modules."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(sorted(sys.modules)).encode()]

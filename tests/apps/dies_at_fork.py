"""Imports well, and every process forked from there dies at once: not even the one that would fork a worker lives."""

import os

os.register_at_fork(after_in_child=lambda: os._exit(9))


def application(environ, start_response):
    """Never called."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"never\n"]

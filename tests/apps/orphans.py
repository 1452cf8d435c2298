"""Leaves a grandchild without a parent at each request, which then ends: process 1 has to reap it."""

import subprocess


def application(environ, start_response):
    """200 once the grandchild has lost its parent."""
    subprocess.run(["/bin/sh", "-c", "/bin/true & "], check=True)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"left\n"]

"""Says which process answers."""

import os


def application(environ, start_response):
    """The process id, as a line."""
    said = b"%d\n" % os.getpid()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]

"""Says hello, in a worker that measures what the scoreboard takes of it; /costs has the microseconds of each time. For bench/counting.py."""

import json
from time import thread_time

from adapter.roles.worker.scoring import Score

costs = []
tick = Score.tick


def measured(score, now):
    """As it is, and how long it took."""
    began = thread_time()
    tick(score, now)
    costs.append((thread_time() - began) * 1e6)


Score.tick = measured


def application(environ, start_response):
    """The same 13 bytes for everybody, or all that was measured."""
    body = json.dumps(costs).encode() if environ["PATH_INFO"] == "/costs" else b"Hello, world\n"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]

"""A small WSGI application that shows who answers: try it under `make run`, then restart or reload and watch.

`/` answers at once; `/slow` takes five seconds, so that a restart has something to wait for.
Edit GREETING and reload: new requests see it, requests in flight are not disturbed.
"""

import itertools
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

GREETING = "Hello"

_loaded = time.strftime("%H:%M:%S")
_requests = itertools.count(1)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Plain text, one fact per line."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(5)
    body = (
        f"{GREETING} from worker {os.getpid()}, child of master {os.getppid()}\n"
        f"code loaded at {_loaded}, request {next(_requests)} of this worker\n"
    ).encode()
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]

"""Takes its time: ?seconds=, and says so on stderr first, so that a test knows the call has begun."""

import os
import time
from urllib.parse import parse_qs


def application(environ, start_response):
    """Sleeps outside the GIL, then answers."""
    seconds = float(parse_qs(environ["QUERY_STRING"]).get("seconds", ["1"])[0])
    os.write(
        2, f"slow: begun pid={os.getpid()} path={environ['PATH_INFO']}\n".encode()
    )  # one write: lines of two workers must not mix
    time.sleep(seconds)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"slow\n"]

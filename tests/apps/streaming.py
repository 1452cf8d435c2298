"""An answer of unknown length: ?pieces= (10) lines, each `?pause=` (0) seconds after the last; says on stderr when it is closed."""

import os
import time
from urllib.parse import parse_qs


class Pieces:
    """An iterable with a close(), as PEP 3333 wants it called."""

    def __init__(self, count, pause):
        self.count, self.pause = count, pause

    def __iter__(self):
        for number in range(self.count):
            time.sleep(self.pause)
            yield f"piece {number}\n".encode()

    def close(self):
        """Tell it."""
        os.write(2, b"streaming: closed\n")  # one write: lines of two workers must not mix


def application(environ, start_response):
    """Lines, one by one."""
    asked = parse_qs(environ["QUERY_STRING"])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return Pieces(int(asked.get("pieces", ["10"])[0]), float(asked.get("pause", ["0"])[0]))

"""Half a good deploy: the first worker that is forked serves, each later one dies before it is ready."""

import os
from pathlib import Path

MARK = Path(__file__).with_name("forked")
FORKS = []


def in_child():
    """In the second generation of our children: live only as the first who came here."""
    FORKS.append(os.getpid())
    if len(FORKS) == 2:
        try:
            os.mkdir(MARK)
        except FileExistsError:
            os._exit(9)


os.register_at_fork(after_in_child=in_child)


def application(environ, start_response):
    """The new one."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"new\n"]

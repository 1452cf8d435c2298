"""Of the workers that are forked from its preloader the second never gets ready, so that a reload cannot be over before others have."""

import os
import signal
from pathlib import Path

FORKS = []


def first(name):
    """Whether we are the first to come here."""
    try:
        os.mkdir(Path(__file__).with_name(name))
    except FileExistsError:
        return False
    return True


def in_child():
    """In the second generation of our children: the preloader forks twice."""
    FORKS.append(os.getpid())
    if len(FORKS) == 2 and not first("first") and first("second"):
        signal.pause()


os.register_at_fork(after_in_child=in_child)


def application(environ, start_response):
    """Perhaps called."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"new\n"]

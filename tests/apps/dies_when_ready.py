"""A crash loop after readiness: each worker is ready, and a moment later a thread of its own takes it down.

All but the second one that is forked: it never gets ready, so that a reload cannot be over before the others have died.
"""

import os
import signal
import threading
from pathlib import Path

FORKS = []


def mine(name):
    """Whether we are the first to come here."""
    try:
        os.mkdir(Path(__file__).with_name(name))
    except FileExistsError:
        return False
    return True


def in_child():
    """In the second generation of our children."""
    FORKS.append(os.getpid())
    if len(FORKS) < 2:
        return
    if not mine("first") and mine("second"):
        signal.pause()
    threading.Timer(0.05, os._exit, (9,)).start()


os.register_at_fork(after_in_child=in_child)


def application(environ, start_response):
    """Perhaps called."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"doomed\n"]

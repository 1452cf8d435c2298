"""A crash loop: imports well, and each worker dies when it begins.

A worker is forked twice over, so that it becomes the master's child: the first of the two lives.
"""

import os

FORKS = []


def in_child():
    """In the second generation of our children: die."""
    FORKS.append(os.getpid())
    if len(FORKS) == 2:
        os._exit(9)


os.register_at_fork(after_in_child=in_child)


def application(environ, start_response):
    """Never called."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"never\n"]

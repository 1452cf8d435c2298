"""A crash loop: imports well, and every process forked from there dies before it can serve.

With --lazy-apps nothing is forked after the import: then the import itself is its end.
"""

import os
import sys

os.register_at_fork(after_in_child=lambda: os._exit(9))
if "DIE_AT_IMPORT" in os.environ:
    print("dies_at_fork: here I die", file=sys.stderr, flush=True)
    os._exit(9)


def application(environ, start_response):
    """Never called."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"never\n"]

"""Starts threads while it is imported: they do not live on in a forked worker."""

import threading

BEAT = threading.Event()
threading.Thread(target=BEAT.wait, name="heartbeat", daemon=True).start()


def application(environ, start_response):
    """Who is still here."""
    names = sorted(thread.name for thread in threading.enumerate())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["\n".join(names).encode()]

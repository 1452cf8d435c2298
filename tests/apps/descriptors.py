"""Answers with what its descriptors are and what the server said of the call; JSON."""

import json
import os


def application(environ, start_response):
    """Descriptors 0 to 2 by name, what a child would inherit beyond them, and the environ as far as it is plain."""
    inherited = [int(fd) for fd in os.listdir("/proc/self/fd") if int(fd) > 2 and os.path.exists(f"/proc/self/fd/{fd}")]
    found = {
        "standard": [os.readlink(f"/proc/self/fd/{fd}") for fd in range(3)],
        "inherited": [fd for fd in inherited if os.get_inheritable(fd)],
        "environ": {name: value for name, value in environ.items() if isinstance(value, str | bool)},
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(found).encode()]

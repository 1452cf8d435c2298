"""Stuck in C with the GIL held: /stuck?seconds=. No Python code of its process runs meanwhile, no signal handler, no other thread."""

import ctypes
import os
from urllib.parse import parse_qs

_libc = ctypes.PyDLL(None)  # PyDLL, unlike CDLL, keeps the GIL


def application(environ, start_response):
    """Says on stderr that it begins; anything but /stuck is answered at once."""
    if environ["PATH_INFO"] == "/stuck":
        seconds = float(parse_qs(environ["QUERY_STRING"]).get("seconds", ["60"])[0])
        os.write(2, f"stuck: begun pid={os.getpid()}\n".encode())  # one write: lines of two workers must not mix
        _libc.poll(None, 0, int(seconds * 1000))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"free\n"]

"""Stuck in C with the GIL held: /stuck?seconds=. No Python code of its process runs meanwhile, no signal handler, no other thread.
/held?seconds= is the same, but first it waits at the FIFO `gate` beside this file, as calls do, with the GIL given away.
"""

import ctypes
import os
import struct
from pathlib import Path
from urllib.parse import parse_qs

_libc = ctypes.PyDLL(None)  # PyDLL, unlike CDLL, keeps the GIL


def application(environ, start_response):
    """Says on stderr that it begins; anything else is answered at once."""
    if environ["PATH_INFO"] == "/held":
        os.write(2, f"stuck: held pid={os.getpid()}\n".encode())
        Path(__file__).with_name("gate").read_bytes()
    if environ["PATH_INFO"] in ("/held", "/stuck"):
        seconds = float(parse_qs(environ["QUERY_STRING"]).get("seconds", ["60"])[0])
        timer = _libc.timerfd_create(1, 0)  # reading it goes on after a signal, as poll(2) does not
        _libc.timerfd_settime(timer, 0, struct.pack("4l", 0, 0, int(seconds), int(seconds % 1 * 1e9)), None)
        line = f"stuck: begun pid={os.getpid()}\n".encode()
        _libc.write(2, line, len(line))  # not os.write(), which would let other threads run between this line and the next
        _libc.read(timer, ctypes.create_string_buffer(8), 8)
        os.close(timer)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"free\n"]

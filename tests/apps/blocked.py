"""Blocks in a C library's system call until that is interrupted, and says how it ended; `?sleep` in one of Python's own instead."""

import ctypes
import errno
import os
import time

_libc = ctypes.CDLL(None, use_errno=True)
_nothing, _never = os.pipe()


def application(environ, start_response):
    """read(2) of a pipe that nobody writes to."""
    os.write(1, b"blocked: begun\n")
    if environ["QUERY_STRING"]:
        began = time.monotonic()
        time.sleep(2)
        answer = f"slept {'enough' if time.monotonic() - began >= 2 else 'too little'}\n"
    else:
        _libc.read(_nothing, ctypes.create_string_buffer(1), 1)
        answer = errno.errorcode[ctypes.get_errno()] + "\n"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [answer.encode()]

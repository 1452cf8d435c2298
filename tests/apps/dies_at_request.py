"""Takes its worker down: /exit by os._exit(3), /segv by a real invalid read, /kill by SIGKILL to itself."""

import ctypes
import os
import signal


def application(environ, start_response):
    """Dies as the path says; anything else is answered with the worker's pid."""
    path = environ["PATH_INFO"]
    if path == "/exit":
        os._exit(3)
    if path == "/segv":
        ctypes.string_at(0)
    if path == "/kill":
        os.kill(os.getpid(), signal.SIGKILL)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()}\n".encode()]

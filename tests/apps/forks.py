"""Starts others: /fork leaves a forked child behind, /spawn a program; both live until the FIFO `gate` beside this file is opened. Answers with the pid."""

import os
import subprocess
from pathlib import Path

GATE = Path(__file__).with_name("gate")


def application(environ, start_response):
    """The pid of who was started; 0 for any other path."""
    pid = 0
    if environ["PATH_INFO"] == "/fork":
        pid = os.fork()
        if pid == 0:
            GATE.read_bytes()
            os._exit(0)
    if environ["PATH_INFO"] == "/spawn":
        pid = subprocess.Popen(["/bin/sh", "-c", f"read line < {GATE}"], close_fds=False).pid
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(pid).encode()]

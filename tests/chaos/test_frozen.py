"""Stopped by the kernel and let go again: SIGSTOP, a frozen container, Ctrl-Z."""

import http.client
import os
import threading
from contextlib import ExitStack, closing
from signal import SIGCONT, SIGSTOP, SIGTERM

from kit.server import Adapter


def test_nobody_is_cut_for_the_time_we_were_frozen() -> None:
    """Frozen for longer than the drain lasts, master and worker go on draining where they were: the request is answered."""
    with Adapter("gated.py", "--drain-timeout=3") as server, ExitStack() as kept:
        os.mkfifo(server.directory / "gate")
        host, port = server.address.rsplit(":", 1)
        worker = server.ready()[0].pid
        client = kept.enter_context(closing(http.client.HTTPConnection(host, int(port), timeout=60)))
        client.request("GET", "/gated")
        server.log.wait_for("gated: begun")
        server.signal(SIGTERM)
        server.log.wait_for("info: stop source=")
        for pid in (worker, server.process.pid):
            os.kill(pid, SIGSTOP)
        threading.Event().wait(4)  # the passing of time itself is what they must not mind
        for pid in (server.process.pid, worker):
            os.kill(pid, SIGCONT)
        # In a thread: it waits for the call to be at the gate again, which, were it gone, would be for ever.
        threading.Thread(target=(server.directory / "gate").write_text, args=("go\n",), daemon=True).start()
        answer = client.getresponse()

        assert (answer.status, answer.read()) == (200, b"gated\n")
        assert server.process.exit_code() == 0

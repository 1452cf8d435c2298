"""What a worker does a few times a second cannot stop it; and what it tells of its answers."""

import os

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.serving.server import Server
from adapter.roles.serving.threads import Task


def test_a_duty_that_fails_is_left_and_told(tmp_path):
    """The others are still seen to; the log says what failed, once."""
    with open(tmp_path / "log", "wb") as file:
        log = Log(file.fileno(), stamp=False)
        server = Server(lambda _environ, _start: [], Settings(), {}, log, multiprocess=False)
        done = []
        server.on_tick += [lambda now: os.stat("/nowhere"), done.append]
        server._tick(1.0)
        server._tick(2.0)
    text = (tmp_path / "log").read_text()

    assert done == [1.0, 2.0]
    assert text.count("a duty of this worker failed") == 1
    assert "FileNotFoundError" in text


class _Stuck(Task):
    """A call that is given up; nobody waits for it."""

    def take_back(self, now: float) -> None:
        """Heard."""


def test_a_call_that_was_given_up_is_an_error_among_the_answers():
    """--probation and --canary judge by it, though the call itself never comes back to be counted."""
    server = Server(lambda _environ, _start: [], Settings(), {}, Log(2, stamp=False), multiprocess=False)
    server.take_back(_Stuck())

    assert server.answers == (1, 1)

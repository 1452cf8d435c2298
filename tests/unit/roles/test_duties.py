"""What a worker does a few times a second cannot stop it."""

import os

from adapter.config.settings import Settings
from adapter.log import Log
from adapter.roles.serving.server import Server


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

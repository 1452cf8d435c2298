"""The control socket's answers, when they are larger than what the kernel holds for a client."""

import json
import socket

from adapter.lifecycle.commands import Command
from adapter.log import Log
from adapter.roles.master.control import Control
from adapter.roles.master.watch import Watch

LARGE = {"pid": 1, "text": "x" * 5_000_000}


def listening(path):
    """A control socket there, and what it hears by."""
    watch = Watch()
    control = Control(Log(2), watch, describe=lambda: LARGE, wait_for=lambda _: 0, showing=lambda _: ())
    control.follow(str(path))
    return control, watch


def turn(watch):
    """See to whoever has something for us now."""
    for hear in watch.wait(0):
        hear()


def asking(path):
    """A client that has asked for the status."""
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(path))
    client.settimeout(60)
    client.sendall(b'{"command": "status"}\n')
    return client


def hear(client, watch):
    """The next line, while the other side takes its turns."""
    received = b""
    while not received.endswith(b"\n"):
        turn(watch)
        received += client.recv(65536)
    return json.loads(received)


def test_a_large_answer_arrives_whole(tmp_path):
    """It takes as many turns as the client takes to read; another client is answered in between, and the first can ask again."""
    control, watch = listening(tmp_path / "control")
    with asking(tmp_path / "control") as slow:
        for _ in range(3):
            turn(watch)
        with asking(tmp_path / "control") as quick:
            turn(watch)
            assert hear(quick, watch)["status"] == LARGE
        assert hear(slow, watch)["status"] == LARGE
        slow.sendall(b'{"command": "status"}\n')
        assert hear(slow, watch)["ok"]
    turn(watch)  # it sees that they are gone
    control.close()


def test_who_asks_again_and_does_not_read(tmp_path):
    """A second question waits until the first answer has been read; then it is answered too."""
    control, watch = listening(tmp_path / "control")
    with asking(tmp_path / "control") as client:
        for _ in range(3):
            turn(watch)
        client.sendall(b'{"command": "status"}\n')
        for _ in range(3):
            turn(watch)
        first = second = b""
        while not first.endswith(b"\n"):
            turn(watch)
            first += client.recv(min(65536, len(json.dumps({"ok": True, "status": LARGE})) + 1 - len(first)))  # no more than it
        while not second.endswith(b"\n"):
            turn(watch)
            second += client.recv(65536)
        assert json.loads(first) == json.loads(second) == {"ok": True, "status": LARGE}
    turn(watch)
    control.close()


def test_a_question_is_no_news(tmp_path):
    """Who comes, asks how we stand, or leaves gives the master nothing to think about; who asks for something does."""
    control, watch = listening(tmp_path / "control")
    with asking(tmp_path / "control") as client:
        assert [hear() for hear in watch.wait(0)] == [None]
        assert [hear() for hear in watch.wait(0)] == [None]
        assert hear(client, watch)["ok"]
        client.sendall(b'{"command": "statistics"}\n')
        [event] = next(watch.wait(0))()
        assert event.command is Command.STATISTICS
    assert [hear() for hear in watch.wait(0)] == [None]
    control.close()

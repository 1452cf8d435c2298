"""--log-format json: every line that the server says is one JSON object, from the first to the last."""

import json
import socket
from signal import SIGALRM, SIGTERM, SIGUSR1, SIGUSR2

from kit.asked import Asked
from kit.server import Adapter


def messages(server: Adapter) -> list[str]:
    """What was said; every line must be an object, and none is said by anybody else."""
    told = [json.loads(line) for line in server.log.all()]
    assert all({"level", "message"} <= each.keys() for each in told)
    return [each["message"] for each in told]


def wait(server: Adapter, message: str, since: int = 0) -> dict[str, object]:
    """Until this is said."""
    return dict(json.loads(server.log.wait_for(rf'"message": "{message}', since=since).string))


def test_every_line_is_json() -> None:
    """A life with tracebacks, a refused reload, reports and a stop."""
    with Adapter("raises_at_request.py", "--workers=2", "--log-format=json") as server:
        wait(server, "serving")
        host, _, port = str(wait(server, "listening")["address"]).rpartition(":")
        assert Asked(f"{host}:{port}", "/early").answer()[0] == 500
        wait(server, "RuntimeError: the application failed early")
        server.install("dies_at_import.py", "raises_at_request.py")
        mark = server.signal(SIGALRM)
        wait(server, "chain-reload failed", mark)
        for number in (SIGUSR1, SIGUSR2):
            mark = server.signal(number)
            wait(server, "numbers", mark)
        assert server.stop() == 0
        server.log.wait_for_end()
        said = messages(server)
        assert said[0] == "starting" and said[-1] == "stopped"
        assert "Traceback (most recent call last):" in said


def test_the_last_words_too() -> None:
    """A port that is taken ends the start; the sentence that says so is JSON."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        server = Adapter("hello.py", "--log-format=json", bind=(address,), keeps_listener=True)
        with server:
            assert server.process.exit_code() == 111
            server.log.wait_for_end()
            assert address in messages(server)[-1]


def test_the_journal_stamps() -> None:
    """Where $JOURNAL_STREAM names our stderr lines carry no time; an option wins, and a variable that names another file is nothing."""
    for given, options, stamped in (("1:2", (), True), ("", (), False), ("", ("--log-time",), True)):
        server = Adapter("hello.py", "--log-format=json", *options)
        program = 'JOURNAL_STREAM=${1:-$(stat -L -c %d:%i /proc/self/fd/2)}; shift; export JOURNAL_STREAM; exec "$@"'
        server.program = ("/bin/sh", "-c", program, "sh", given, *server.program)
        with server:
            assert ("time" in wait(server, "serving")) is stamped
            assert server.stop(SIGTERM) == 0

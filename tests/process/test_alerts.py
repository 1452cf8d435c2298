"""`adapter-alerts` as supervisord would run it: its protocol on stdin and stdout, a command and a webhook on loopback."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).with_name("adapter-alerts")
FATAL = ("PROCESS_STATE_FATAL", "processname:wéb groupname:shop from_state:BACKOFF")
ENVIRON = {**os.environ, "SUPERVISOR_ENABLED": "1"}


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted; answers 204, or 302 on /moved."""

    def do_POST(self):
        self.server.posted.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self.send_response(302 if self.path == "/moved" else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.posted = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def event(name, payload):
    return f"ver:3.0 server:s serial:1 pool:alerts poolserial:1 eventname:{name} len:{len(payload)}\n{payload}".encode()


def run(*words, events=b"", environ=ENVIRON):
    return subprocess.run([PROGRAM, *words], input=events, env=environ, capture_output=True, timeout=60, check=False)


def test_an_alert_goes_by_every_way_and_no_event_waits_for_it(hook, tmp_path):
    """The command has it on stdin and in its environment, the webhook as JSON; one that fails is a line, and all events are acknowledged."""
    told = tmp_path / "told"
    address = f"http://127.0.0.1:{hook.server_port}"
    script = f'cat >>{told}; echo "$ALERT_KIND $ALERT_PROCESS" >>{told}; echo never for supervisord'
    ways = (
        "--command",
        f"sh -c '{script}'",
        "--command",
        "/nonexistent/x",
        "--webhook",
        f"{address}/alert?a=1",
        "--webhook",
        f"{address}/moved",
    )
    done = run(*ways, events=event("TICK_5", "when:1") + event(*FATAL) + event("TICK_5", "when:2"))
    assert done.returncode == 0, f"{done}"
    assert done.stdout == b"READY\n" + b"RESULT 2\nOKREADY\n" * 3
    assert told.read_text().splitlines() == [
        "supervisord has given shop:wéb up: it does not start; nobody serves until you start it",
        "given up shop:wéb",
    ]
    assert [path for path, _ in hook.posted] == ["/alert?a=1", "/moved"], "a redirection is not followed"
    assert hook.posted[0][1]["kind"] == "given up"
    said = done.stderr.decode().splitlines()
    assert len(said) == 3, f"{said}"
    assert "cannot deliver by /nonexistent/x: [Errno 2]" in said[1]
    assert "cannot deliver by 127.0.0.1: status 302" in said[2]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "nobody would be told: say --command or --webhook"),
        (["--command", ""], "--command is empty"),
        (["--command", "'"], "--command: No closing quotation"),
        (["--webhook", "nowhere"], "'nowhere' is no address of the form"),
        (["--command", "true", "--deaths", "0"], "'0' is no whole number from 1 to 9999"),
        (["--command", "true", "--stuck-after", "nan"], "'nan' is no number of seconds"),
        (["--colour", "blue"], "unrecognized arguments: --colour blue"),
    ],
)
def test_what_was_asked_wrongly_is_one_sentence(words, why):
    """Exit 100 before anything is said to supervisord."""
    done = run(*words)
    assert (done.returncode, done.stdout) == (100, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("adapter: fatal: ")
    assert why in line


def test_what_is_no_supervisord_is_one_sentence():
    """Started by hand, or fed with something else: exit 100, no traceback."""
    alone = run("--command", "true", environ={name: value for name, value in ENVIRON.items() if name != "SUPERVISOR_ENABLED"})
    assert (alone.returncode, alone.stdout) == (100, b"")
    assert b"is started by supervisord" in alone.stderr
    for nonsense in (b"hello\n", b"len:x eventname:y\n", b"len:99999999999 eventname:y\n", b"\xff\xfe\n"):
        done = run("--command", "true", events=nonsense)
        assert done.returncode == 100, f"{nonsense}"
        assert done.stderr.startswith(b"adapter: fatal: what comes on stdin is no event of supervisord"), done.stderr

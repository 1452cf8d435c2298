"""`adapter doctor` on real instances."""

import json

from kit.commands import adapter
from kit.server import PROGRAM, Adapter


class Wrapped(Adapter):
    """As many run scripts have it: a shell that stays above the server."""

    def __init__(self, *words: str) -> None:
        super().__init__(*words)
        self.program = ("sh", "-c", '"$@"; exit $?', "run", *PROGRAM)

    def stop(self, *_: object) -> int:
        """The shell hears no TERM for us: the server itself is asked."""
        assert adapter("stop", "control", "--wait", cwd=self.directory).returncode == 0
        return self.process.exit_code()


def findings(server, *words, code):
    """What is found, the first by each word that it is about; the exit code must be this one."""
    done = adapter("doctor", *words, "--json", cwd=server.directory)
    assert done.returncode == code, f"{done}"
    (line,) = done.stdout.splitlines()
    return {each["about"]: each for each in reversed(json.loads(line)["findings"])}


def test_a_shell_without_exec():
    """It is found, and is wrong: exit 1, a line with the remedy."""
    with Wrapped("hello.py", "--control=control") as server:
        server.wait_for("serving generation=")
        done = adapter("doctor", "control", cwd=server.directory)

        assert done.returncode == 1, f"{done}"
        assert "wrong: a shell is between the supervisor and us (sh, " in done.stdout
        assert "write exec before adapter in the command of sh -c\n" in done.stdout


def test_all_is_well():
    """Asked by the pidfile, or by what the environment says, of a server with nothing wrong: exit 0."""
    with Adapter("hello.py", "--control=control", "--pidfile=pid", "--fifo=fifo") as server:
        server.wait_for("serving generation=")
        done = adapter("doctor", "pid", cwd=server.directory)

        assert (done.returncode, done.stderr) == (0, ""), f"{done}"
        assert "all is well: " in done.stdout
        assert findings(server, "control", code=0).keys() <= {"supervisor", "user", "memory", "core", "process-one"}


def test_what_went_wrong_since():
    """The pidfile and the control socket are gone, and anybody may write where they were: each is told."""
    server = Adapter("hello.py", "--control={directory}/run/control", "--pidfile={directory}/run/pid")
    run = server.directory / "run"
    run.mkdir()
    with server:
        server.wait_for("serving generation=")
        run.chmod(0o777)
        (run / "pid").rename(run / "elsewhere")
        server.write("nginx.conf", "upstream shop { server unix:/s; keepalive 16; keepalive_timeout 75s; }\n")
        found = findings(server, "run/control", "--proxy-keepalive=nginx.conf", code=1)
        (run / "pid").write_text("1\n")
        (run / "control").rename(run / "away")

        assert found.keys() >= {"open-directories", "pidfile", "keep-alive"}
        assert "is gone" in found["pidfile"]["sentence"]
        found = findings(server, "run/away", code=1)
        assert "names pid 1, not us" in found["pidfile"]["sentence"]
        assert "nobody listens there" in found["control"]["sentence"]
        assert {each["about"] for each in found.values() if each["wrong"]} == {"open-directories", "pidfile", "control"}


def test_two_masters_on_one_pidfile():
    """The file was moved away, and another server was started with its name: each of the two is told of the other."""
    with Adapter("hello.py", "--pidfile=pid", "--control=control") as one:
        one.wait_for("serving generation=")
        (one.directory / "pid").rename(one.directory / "old")
        with Adapter("hello.py", f"--pidfile={one.directory}/pid", "--control=control") as other:
            other.wait_for("serving generation=")
            mine, theirs = (findings(each, "control", code=1)["pidfile"]["sentence"] for each in (other, one))

            assert f"(pid {one.process.pid})" in mine
            assert f"names pid {other.process.pid}, not us" in theirs


def test_asked_wrongly():
    """A target that is none, a FIFO, a time that is none: a sentence, and exit 100."""
    with Adapter("hello.py", "--fifo=fifo") as server:
        server.wait_for("serving generation=")
        for words in (["nowhere"], ["fifo"], ["--patience=soon"], ["--proxy-keepalive=nginx.conf"], ["--proxy-keepalive=/tmp"]):
            done = adapter("doctor", *words, cwd=server.directory)
            assert (done.returncode, done.stdout) == (100, "")
            assert done.stderr.startswith("adapter: fatal: ")

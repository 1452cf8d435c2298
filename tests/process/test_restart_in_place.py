"""--restart-in-place, with the test as the supervisor: it can do what supervise does, as late as it likes."""

from pathlib import Path
from signal import SIGCONT, SIGHUP, SIGTERM

from kit.server import Adapter


class Supervised(Adapter):
    """A server in a service directory."""

    def __init__(self, app: str = "hello.py", *options: str) -> None:
        super().__init__(app, "--restart-in-place", *options)
        (self.directory / "supervise").mkdir()
        self.status(b"u", 0)

    def status(self, want: bytes, pid: int, *, unseen: bool = False) -> None:
        """As supervise replaces it; or `unseen`: without anybody being told."""
        said = bytes(12) + pid.to_bytes(4, "little") + b"\0" + want
        path: Path = self.directory / "supervise" / "status"
        if unseen:
            with path.open("r+b") as file:
                file.write(said)
            return
        path.with_suffix(".new").write_bytes(said)
        path.with_suffix(".new").rename(path)

    def serving(self) -> None:
        """Up, and supervise says so."""
        self.wait_for("adapter: info: serving generation=1")
        self.status(b"u", self.process.pid)


def test_term_is_a_reload_while_we_are_wanted_up() -> None:
    """The same process serves a new generation; wanted down, the next TERM stops it with 0."""
    with Supervised() as server:
        server.serving()
        assert server.reload(SIGTERM)["generation"] == "2"
        assert server.reload(SIGHUP)["generation"] == "3"
        server.status(b"d", server.process.pid)
        assert server.stop(SIGTERM) == 0
        assert "adapter: error:" not in "\n".join(server.log.all())


def test_the_word_may_come_late() -> None:
    """supervise sends TERM and CONT, and only then says `d`: the reload that has begun is given up, and it is a stop."""
    with Supervised() as server:
        server.serving()
        mark = server.signal(SIGTERM)
        server.signal(SIGCONT)
        server.wait_for('adapter: info: reload source="signal TERM, wanted up"', since=mark)
        server.status(b"d", server.process.pid)
        server.wait_for('adapter: info: stop source="supervise/status, wanted down"', since=mark)
        assert server.process.exit_code() == 0


def test_the_word_may_come_after_the_exec() -> None:
    """However late: the new image watches, too."""
    with Supervised() as server:
        server.serving()
        assert server.reload(SIGTERM)["generation"] == "2"
        mark = server.log.mark()
        server.status(b"d", server.process.pid)
        assert server.process.exit_code() == 0
        server.wait_for('adapter: info: stop source="supervise/status, wanted down"', since=mark)


def test_the_word_may_come_in_the_exec() -> None:
    """While nobody watches: the new image looks at what was said before it did."""
    with Supervised() as server:
        server.serving()
        mark = server.signal(SIGTERM)
        server.wait_for('adapter: info: reload source="signal TERM, wanted up"', since=mark)
        server.status(b"d", server.process.pid, unseen=True)
        assert server.process.exit_code() == 0
        server.wait_for("adapter: info: a new image", since=mark)
        server.wait_for('adapter: info: stop source="supervise/status, wanted down"', since=mark)


def test_a_broken_release_keeps_serving() -> None:
    """What a restart would have lost, a restart in place keeps: the reload fails, and says why."""
    with Supervised() as server:
        server.serving()
        server.write("hello.py", "this is no Python\n")
        server.refuse_reload(SIGTERM)
        server.wait_for("adapter: . SyntaxError: ")
        server.status(b"d", server.process.pid)


def test_nobody_tells() -> None:
    """No such directory, another one's word, s6's form: a warning, and TERM stops as ever."""
    with Adapter("hello.py", "--restart-in-place") as server:
        server.wait_for(
            "adapter: warning: --restart-in-place: cannot watch supervise/status .*no such file or directory.*: TERM stops"
        )
        server.wait_for("adapter: info: serving generation=")
        assert server.stop() == 0
    with Supervised() as server:
        server.wait_for("adapter: info: serving generation=")
        server.status(b"u", 1)
        mark = server.signal(SIGTERM)
        server.wait_for("adapter: warning: --restart-in-place: .*does not tell what is wanted of us: this is a stop", since=mark)
        assert server.process.exit_code() == 0
    with Adapter("hello.py", "--restart-in-place", "--signals=uwsgi") as server:
        assert server.process.exit_code() == 100

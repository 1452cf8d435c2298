"""A server at work: started on its own core, waited for, stopped."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from bench import proc
from bench.command import Setting, words
from bench.peers import Peer
from bench.question import Question, WrongAnswerError, ask
from bench.venv import compiled

HERE = Path(__file__).parent
_PATIENCE = 30.0


class Machine(NamedTuple):
    """Where the servers are installed, and the cores: one for the server, one for the load."""

    venv: Path
    core: int
    load_core: int


class NotServingError(Exception):
    """It did not come up."""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


class Server:
    """`with Server(peer, setting, machine) as server:` runs it; `boot` is the time from exec to the first right answer (seconds)."""

    def __init__(self, peer: Peer, setting: Setting, machine: Machine, question: Question) -> None:
        self.peer, self.setting, self.machine, self.question = peer, setting, machine, question
        self.boot = 0.0
        self.port = _free_port()

    def __enter__(self) -> Self:
        self.scratch = tempfile.TemporaryDirectory(prefix="adapter-bench-")
        self._log = Path(self.scratch.name, "log").open("w+", errors="replace")
        begun = time.monotonic()
        self._process = subprocess.Popen(
            self.words(),
            cwd=HERE / "apps",
            env={k: v for k, v in os.environ.items() if not k.startswith(("ADAPTER_", "PYTHON", "LISTEN_"))},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=self._pin,  # noqa: PLW1509 -- we have no threads, and taskset would count as boot time
        )
        try:
            self._wait(begun)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _pin(self) -> None:
        os.sched_setaffinity(0, {self.machine.core})

    @property
    def pid(self) -> int:
        """Its first process."""
        return self._process.pid

    def words(self) -> list[str]:
        """Its command line."""
        places = {
            "bin": self.machine.venv / "bin",
            "compiled": compiled(self.machine.venv),
            "servers": HERE / "servers",
            "scratch": self.scratch.name,
            "port": self.port,
        }
        return words(self.peer, self.setting, places)

    def _wait(self, begun: float) -> None:
        """Until it answers right. Foreign servers have no common word for readiness, so this asks again and again."""
        while True:
            try:
                ask(self.port, self.question)
            except ConnectionRefusedError:
                time.sleep(0.002)
            else:
                self.boot = time.monotonic() - begun
                return
            if self._process.poll() is not None or time.monotonic() - begun > _PATIENCE:
                raise NotServingError(f"{self.peer.title} does not serve: {' '.join(self.words())}\n{self.said()}")

    def said(self) -> str:
        """The end of its log."""
        self._log.flush()
        self._log.seek(0)
        return self._log.read()[-2000:]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ask it to end; after a while kill what is left of its session, which is ours alone."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            for pid in proc.tree(self.pid):
                os.kill(pid, signal.SIGKILL)
            self._process.wait()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._log.close()
        self.scratch.cleanup()


__all__ = ["Machine", "NotServingError", "Server", "WrongAnswerError"]

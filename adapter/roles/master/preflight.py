"""The child that tries the new interpreter, the new adapter and the new config before we become them."""

import os
from signal import Signals

from adapter.lifecycle.dialects import DEFAULT
from adapter.lifecycle.events import Event, PreflightEnded
from adapter.roles.master import reexec
from adapter.roles.master.watch import Watch
from adapter.unix import processes

_MOST = 64 * 1024  # of its output


class Preflight:
    """At most one at a time."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._pid = 0
        self._output = -1
        self._said = b""

    def start(self, directory: str) -> list[Event]:
        """Start it; news at once only when it cannot even be started."""
        argv = reexec.command(directory, ["--check"])
        try:
            reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            return [PreflightEnded(f"cannot try the new image: {error.strerror}")]
        try:
            self._pid = processes.spawn(argv, environ=os.environ, directory=directory, keep=(), output=writer, held=DEFAULT)
        except OSError as error:
            os.close(reader)
            return [PreflightEnded(_refusal(argv[0], directory, error))]
        finally:
            os.close(writer)
        self._output, self._said = reader, b""
        self._watch.add(reader, self._hear)
        return []

    def stop(self) -> None:
        """Nobody waits for it any more."""
        if self._pid:
            processes.kill(self._pid, Signals.SIGKILL)
            self._close()

    def ended(self, pid: int, how: str, news: list[Event]) -> bool:
        """Was it this process that ended? Then the verdict is added to the news."""
        if pid != self._pid:
            return False
        self._hear()
        said = self._said.decode(errors="replace")
        self._close()
        if how == "exit code 0":
            news.append(PreflightEnded(""))
        else:
            sentence, rest = _sentence(said)
            news.append(PreflightEnded(sentence or f"the new image does not start: {how}", rest))
        return True

    def _hear(self) -> list[Event]:
        try:
            while self._output >= 0 and (data := os.read(self._output, _MOST)):
                self._said = (self._said + data)[-_MOST:]
        except BlockingIOError:
            return []
        if self._output >= 0:  # it closed its end; its exit is still to come
            self._watch.remove(self._output)
            os.close(self._output)
            self._output = -1
        return []

    def _close(self) -> None:
        if self._output >= 0:
            self._watch.remove(self._output)
            os.close(self._output)
        self._pid, self._output = 0, -1


def _sentence(said: str) -> tuple[str, str]:
    """The last error among the lines, without its prefix, and all the others."""
    lines = said.splitlines()
    for line in reversed(lines):
        _, mark, sentence = line.partition("adapter: fatal: ")
        if mark:
            return sentence, "\n".join(each for each in lines if each is not line)
    return "", said


def _refusal(path: str, directory: str, error: OSError) -> str:
    """Why it cannot be started. A script that is there but not to be found lacks the interpreter its first line names."""
    if error.filename == directory:
        return f"cannot enter {directory}: {error.strerror}"
    if isinstance(error, FileNotFoundError) and os.path.exists(path):
        with open(path, "rb") as file:
            first = file.readline(256).decode(errors="replace").strip()
        return f"cannot run {path}: its interpreter is missing ({first})"
    return f"cannot run {path}: {error.strerror}"

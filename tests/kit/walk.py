"""A service under its supervisor, led from state to state by gates (tests/apps/gates.py), and what each word of its operator comes to.

    Walk(scan["booting"], SVC).through(columns(TABLE)["booting"])

Each state is entered from plain serving, with a request in the hands of the application where one can be; a cell that changes nothing
leaves the service in it for the next one. Waiting is for lines of the log, ends of processes, and the supervisor's own word.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from signal import SIGTSTP, SIGUSR1
from typing import NamedTuple

from kit.asked import Asked
from kit.gates import Gate
from kit.server import listening, wait_until_gone, wait_until_stopped
from kit.table import Cell
from kit.tongues import Led, Tongue

_OLD = 2.1  # seconds
PASSED = (200, b"passed\n")
SERVING = r"adapter: info: serving generation=\d+ workers="
_NEWS = re.compile(rf"adapter: info: (starting|stopped) |{SERVING}")


class Before(NamedTuple):
    """What was, before something was said: the mark of the log, the master, its supervisor."""

    mark: int
    pid: int
    supervisor: int


class Walk:
    """`service`, which serves. `state` is empty when it does so with open gates and nothing in its hands."""

    def __init__(self, service: Led, tongue: Tongue) -> None:
        self._service, self._log, self._tongue = service, service.log, tongue
        self._boot, self._gate = Gate(service.release / "boot"), Gate(service.release / "gate")
        self._state = ""
        self._since = time.monotonic()
        self._worker = 0
        self._held: Asked | None = None
        self._waiting: Asked | None = None
        self._commands: list[tuple[subprocess.Popen[str], bool]] = []
        self._how = {
            "stay": self._stays,
            "reload": self._reloads,
            "drain": self._drains,
            "cut": self._cuts,
            "kill": self._is_killed,
            "last": self._once_more,
            "leaves": self._leaves,
        }

    def through(self, cells: Iterable[Cell]) -> None:
        """Each of them; AssertionError says at which one it was otherwise."""
        try:
            for cell in cells:
                try:
                    self._do(cell)
                except Exception as error:
                    raise AssertionError(f"{cell} ({cell.how} {cell.then}): {type(error).__name__}: {error}") from error
        finally:
            for asked in filter(None, (self._held, self._waiting)):
                asked.leave()
            for gate in (self._boot, self._gate):
                gate.close()
            for command, _ in self._commands:
                command.communicate(timeout=90)

    def _do(self, cell: Cell) -> None:
        if self._state != cell.state:
            self._calm()
            self._enter(cell.state)
        if cell.said in self._tongue.old:
            time.sleep(max(0.0, self._since + _OLD - time.monotonic()))  # time itself is what it looks at
        before = self._before()
        self._say(cell.said, fails=cell.fails)
        if cell.late:
            self._asks_nothing(before.mark)
            self._say(self._tongue.cont)
        self._how[cell.how](cell, before)

    def _before(self) -> Before:
        pid = self._service.pid
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        return Before(self._log.mark(), pid, int(parent))

    # -- what is said ---------------------------------------------------------------------------------------------------

    def _say(self, said: str, *, fails: bool = False) -> None:
        """To the supervisor, one after the other; but what waits for its outcome goes on meanwhile. `fails`: what it will say."""
        command = self._service.start(*self._tongue.argv(said))
        if command is not None:
            self._commands.append((command, fails))
            if said not in self._tongue.waits:
                command.wait(timeout=60)

    def _asks_nothing(self, mark: int) -> None:
        """A master that stands still has heard nothing yet, and its workers serve."""
        answer = self._service.ask("/").answer()
        assert answer == PASSED, answer
        heard = [line for line in self._log.all(mark) if " source=" in line]
        assert not heard, "\n".join(heard)

    # -- states ---------------------------------------------------------------------------------------------------------

    def _enter(self, state: str) -> None:
        mark = self._log.mark()
        if state != "booting":
            self._gate.shut()
            self._held = self._service.ask("/gated")
            self._worker = int(self._log.wait_for(r"gates: at the gate pid=(\d+)", since=mark)[1])
        {
            "booting": self._enter_booting,
            "serving": lambda _: None,
            "reloading": self._enter_reloading,
            "draining": self._enter_draining,
            "paused": self._enter_paused,
            "frozen": lambda _: self._freeze(),
        }[state](mark)
        self._state = state

    def _enter_booting(self, mark: int) -> None:
        self._say(self._tongue.down)
        self._tongue.until_down(self._service)
        self._boot.shut()
        self._say(self._tongue.up)
        self._log.wait_for("gates: at the boot", since=mark)
        self._waiting = self._service.ask("/")

    def _enter_reloading(self, mark: int) -> None:
        self._boot.shut()
        self._say(self._tongue.hup)
        self._log.wait_for("gates: at the boot", since=mark)

    def _enter_draining(self, mark: int) -> None:
        self._say(self._tongue.down)
        self._log.wait_for("adapter: info: stop source=", since=mark)

    def _enter_paused(self, mark: int) -> None:
        self._toggle_pause(mark)
        mark = self._log.mark()
        os.kill(self._service.pid, SIGUSR1)
        # The worker has taken in what it was told before; another one may be leaving still, after a reload.
        self._log.wait_for(rf"adapter: info: numbers .*\bpid={self._worker}\b", since=mark)
        self._waiting = self._service.ask("/")

    def _toggle_pause(self, mark: int) -> None:
        os.kill(self._service.pid, SIGTSTP)
        self._log.wait_for("adapter: (warning: paused: requests wait|info: resumed)", since=mark)

    def _freeze(self) -> None:
        """Until it stands still: an ABRT that came before it had taken the STOP would end it at once."""
        self._say(self._tongue.pause)
        wait_until_stopped(self._service.pid)

    def _calm(self) -> None:
        """Back to plain serving, from a state whose last cell changed nothing."""
        if self._state == "draining":
            self._pass_through()
            self._tongue.until_down(self._service)
            mark = self._log.mark()
            self._say(self._tongue.up)
            self._log.wait_for(SERVING, since=mark)
            self._since = time.monotonic()
        elif self._state:
            mark = self._log.mark()
            if self._state == "frozen":
                self._say(self._tongue.cont)
            self._boot.open()
            if self._state in {"booting", "reloading"}:
                self._log.wait_for(SERVING, since=mark)
            self._resume_and_pass()
        self._state = ""
        self._answers()

    def _answers(self) -> None:
        """What was said has been done, say those who were told. (sv force-… exits with 1 when it was force that did it.)"""
        for command, fails in self._commands:
            said, _ = command.communicate(timeout=90)
            right = (command.returncode != 0) == fails or self._tongue.unjudged & set(map(str, command.args))  # type: ignore[arg-type]  # a list, always
            assert right, f"{command.args}: {command.returncode}: {said}"
        self._commands.clear()

    # -- what comes of it -----------------------------------------------------------------------------------------------

    def _stays(self, cell: Cell, before: Before) -> None:
        """What was said has reached adapter, if it is for adapter, and so has a CONT that was sent after it: nothing came of either."""
        if signal := self._tongue.signals.get(cell.said):
            self._log.wait_for(f'adapter: info: [a-z-]+ source="signal {signal}"', since=before.mark)
        if not cell.late and signal != "CONT":
            self._say(self._tongue.cont)
        self._log.wait_for('adapter: info: nothing source="signal CONT"', since=before.mark)
        self._is_still(before)
        for line in self._log.all(before.mark):
            assert not _NEWS.search(line), line
        self._still_wait(self._held, self._waiting)
        if self._state == "frozen":
            self._freeze()
        if self._state in {"serving", "reloading", "frozen"}:
            answer = self._service.ask("/").answer()
            assert answer == PASSED, answer

    def _reloads(self, _: Cell, before: Before) -> None:
        """The new generation serves (after the one that was on its way), in the same process; who waited is answered, whole."""
        self._boot.open()
        for more in range(1 + (self._state in {"booting", "reloading"})):
            self._log.wait_for(SERVING, since=before.mark, skip=more)
        self._still_wait(self._held)
        self._resume_and_pass()
        said = "\n".join(self._log.all(before.mark))
        assert " failed: " not in said, said
        self._is_still(before)
        self._state = ""

    def _drains(self, cell: Cell, before: Before) -> None:
        """It stops when what is in flight, and what was accepted in a pause, is answered, whole; exit code 0."""
        if self._state != "draining":
            self._log.wait_for("adapter: info: stop source=", since=before.mark)
        if self._state == "booting":
            self._wait_no_more()  # nobody has accepted it yet
        self._pass_through()
        self._log.wait_for("adapter: info: stopped code=0", since=before.mark)
        self._ended(cell, before)

    def _cuts(self, cell: Cell, before: Before) -> None:
        """It is over at once."""
        if self._held:
            assert self._held.is_cut(), "an answer came where all should be cut"
            self._held = None
        self._wait_no_more()
        self._ended(cell, before)

    def _is_killed(self, cell: Cell, before: Before) -> None:
        """The master ends; what its workers have in their hands they finish."""
        wait_until_gone(before.pid)
        self._wait_no_more()  # the kernel may have it still
        if self._held:
            self._still_wait(self._held)
            self._pass_through()
            wait_until_gone(self._worker)
        self._ended(cell, before)

    def _once_more(self, cell: Cell, before: Before) -> None:
        """Nothing for now; no other process after its next end."""
        self._stays(cell, before)
        before = self._before()
        self._say(self._tongue.term)
        if self._state == "frozen":
            self._say(self._tongue.cont)
        self._drains(cell._replace(then="down"), before)

    def _leaves(self, cell: Cell, before: Before) -> None:
        """Nothing for now; nobody is there to start it any more after its next end."""
        self._stays(cell, before)
        before = self._before()
        self._say(self._tongue.down)
        self._drains(cell._replace(then="gone"), before)

    # -- pieces of that -------------------------------------------------------------------------------------------------

    def _resume_and_pass(self) -> None:
        if self._state == "paused":
            assert self._waiting, "nobody waits"
            self._still_wait(self._waiting)
            self._toggle_pause(self._log.mark())
        self._pass_through()

    def _pass_through(self) -> None:
        """Who waits is answered: at the gate, or to be accepted."""
        self._gate.open()
        for asked in filter(None, (self._held, self._waiting)):
            answer = asked.answer()
            assert answer == PASSED, f"{asked}: {answer}"
        self._held = self._waiting = None

    def _is_still(self, before: Before) -> None:
        assert self._service.pid == before.pid, f"pid {self._service.pid}, no more {before.pid}"

    def _still_wait(self, *those: Asked | None) -> None:
        for asked in filter(None, those):
            assert asked.waits(), f"{asked} has an answer, or the end"

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting.leave()
        self._waiting = None

    def _ended(self, cell: Cell, before: Before) -> None:
        wait_until_gone(before.pid)
        if cell.then == "down":
            self._tongue.until_down(self._service)
            said = self._log.all(before.mark)
            assert not any("adapter: info: starting" in line for line in said), "\n".join(said)
            assert not listening(self._service.address), f"somebody listens at {self._service.address}"
            self._answers()
        if cell.then == "gone":
            wait_until_gone(before.supervisor)  # its scanner starts another, which starts us
        self._boot.open()
        self._gate.open()
        mark = before.mark
        if cell.then == "down":
            mark = self._log.mark()
            self._say(self._tongue.up)
        self._log.wait_for(SERVING, since=mark)
        self._since = time.monotonic()
        assert self._service.pid != before.pid, f"still pid {before.pid}"
        self._state = ""

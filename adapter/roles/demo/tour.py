"""The tour itself: restart, reload, a broken deploy, a rollback, each with what the visitors noticed of it."""

import shlex
import signal
from collections.abc import Callable, Sequence

from adapter.exits import FAILED, STOPPED, SystemFailure
from adapter.roles.demo.account import Account
from adapter.roles.demo.kinds import KINDS
from adapter.roles.demo.stage import Stage
from adapter.roles.demo.visitors import Answer, Visitors

_HELLO, _MORNING = "Hello", "Good morning"
_PAUSE = 2.5  # seconds for a reader, after each step
_PATIENCE = 60.0  # seconds until the answers are as they should be: a busy machine starts Python slowly
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def demo(name: str, *, fast: bool) -> int:
    """The exit code: 0 when nothing was lost that should not be. Raises Fatal and KeyboardInterrupt; all is cleared away by then."""
    stage = Stage(KINDS[name])
    _heed(signal.default_int_handler)
    with stage, Visitors(stage.port) as visitors:
        tour = Tour(stage, visitors, 0.0 if fast else _PAUSE)
        try:
            sound = tour.begin() and tour.restart() and tour.reload() and tour.broken() and tour.rollback()
        except SystemFailure as failure:
            raise SystemFailure(failure.sentence, detail=failure.detail or stage.log()) from None
        finally:
            _heed(signal.SIG_IGN)  # what was started is ended, however impatient somebody is
        return STOPPED if tour.end() and sound else FAILED


def _heed(answer: Callable[..., object] | signal.Handlers) -> None:
    for each in _INTERRUPTS:
        signal.signal(each, answer)


class Tour:
    """Each step tells, does, waits until every visitor has noticed, and says whether all went as it should."""

    def __init__(self, stage: Stage, visitors: Visitors, pause: float) -> None:
        self._stage, self._visitors, self._pause = stage, visitors, pause
        self._begun = self._seen = Account()
        self._master = 0

    def begin(self) -> bool:
        """The supervisor starts the server."""
        stage = self._stage
        print(f"{stage.kind.name}, the sample application, {len(self._visitors)} visitors; in {stage.directory}")
        stage.deploy(_line(_HELLO))
        _typed(stage.configure())
        _typed(stage.kind.start)
        stage.start()
        first = self._visitors.until(lambda said: said.greeting == _HELLO, _PATIENCE)
        self._master = first.master
        self._begun = self._seen = self._visitors.account()
        print(f'  http://127.0.0.1:{stage.port}/ says "{_HELLO}"; the master is pid {first.master}', flush=True)
        return self._judged(self._begun, gap=True)

    def restart(self) -> bool:
        """A new process: nobody listens in between, unless somebody else holds the socket."""
        self._title("1. Restart: requests in flight are finished; while no process is there, nobody listens")
        self._run(self._stage.kind.restart)
        before = self._master
        self._master = self._visitors.until(lambda said: said.master != before, _PATIENCE).master
        return self._told(f"pid {before}, now {self._master}", gap=True)

    def reload(self) -> bool:
        """New code in the same process."""
        self._title(f'2. Reload: a release that says "{_MORNING}", in the same process; nobody should notice')
        self._stage.deploy(_line(_MORNING))
        self._run(self._stage.kind.reload)
        self._visitors.until(self._says(_MORNING), _PATIENCE)
        return self._told(f'"{_MORNING}", still pid {self._master}')

    def broken(self) -> bool:
        """What cannot be loaded does not replace what serves."""
        self._title("3. A broken deploy: a quote is missing in the release; who deploys should notice, and nobody else")
        self._stage.deploy(_line(_MORNING)[:-1])
        code, said = self._run(("adapter", "reload", self._stage.control, "--wait"))
        print(*(f"  {line}" for line in said if ": error: " in line), sep="\n")
        self._visitors.until(self._says(_MORNING), _PATIENCE)
        return self._told(f'exit code {code}, still "{_MORNING}"') and code == FAILED

    def rollback(self) -> bool:
        """The generation before is still in memory."""
        self._title(f'4. Rollback: "{_HELLO}" again, from memory: nothing is imported')
        code, said = self._run(("adapter", "ctl", self._stage.control, "rollback", "--wait"))
        print(*(f"  {line}" for line in said[-1:]))
        self._visitors.until(self._says(_HELLO), _PATIENCE)
        return self._told(f'"{_HELLO}", still pid {self._master}') and code == STOPPED

    def end(self) -> bool:
        """Everything that was started ends."""
        self._title("5. The end")
        self._visitors.leave()
        total = self._visitors.account().since(self._begun)
        killed = self._stage.close()
        for words in killed:
            print(f"  did not end by itself, and was killed: {words}")
        print(f"  {total.told()}; the supervisor and all below it have ended, the directory is removed", flush=True)
        return not killed and total.lost == 0

    # -- how -----------------------------------------------------------------------------------------------------------

    def _title(self, text: str) -> None:
        self._visitors.pause(self._pause)
        print(text, flush=True)
        self._seen = self._visitors.account()

    def _run(self, words: Sequence[str]) -> tuple[int, list[str]]:
        _typed(words)
        done = self._stage.run(words)
        return done.returncode, done.stdout.splitlines()

    def _says(self, greeting: str) -> Callable[[Answer], bool]:
        return lambda said: said == Answer(greeting, self._master)

    def _told(self, sentence: str, *, gap: bool = False) -> bool:
        account = self._visitors.account().since(self._seen)
        print(f"  {account.told()}; {sentence}", flush=True)
        return self._judged(account, gap=gap)

    def _judged(self, account: Account, *, gap: bool) -> bool:
        if not account.is_sound(gap=gap):
            print(f"  that should not be; the first that was lost: {self._visitors.evidence or 'none'}", flush=True)
        return account.is_sound(gap=gap)


def _line(greeting: str) -> str:
    return f'GREETING = "{greeting}"'


def _typed(words: Sequence[str]) -> None:
    """As an operator would type it."""
    print(f"  $ {shlex.join(words)}", flush=True)

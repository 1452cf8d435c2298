"""supervisorctl's commands for adapters: `reload-app web`, `rolling-restart shop:*`, in its own style, with help and completion.

Each asks supervisord's interface `adapter` (see `rpcinterface`). Nothing is done when supervisorctl starts but to announce them.
"""

from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple
from xmlrpc.client import Fault

from supervisor.supervisorctl import ControllerPluginBase, LSBInitExitStatuses
from supervisor.xmlrpc import Faults

from adapter.supervisors.supervisord.namespec import chosen, shown

_READY_WITHIN = 300  # seconds that a restarted process may take to its readiness before a rolling restart stops
_DIGITS = 4
_STOPPED = ("STOPPED", "EXITED", "FATAL")
_MISSING = (
    "supervisord has no adapter interface: put [rpcinterface:adapter] with supervisor.rpcinterface_factory="
    "adapter.supervisors.supervisord:make_rpcinterface into its configuration, and restart it"
)


class Verb(NamedTuple):
    """A command; `method` of the interface does it. `numbered`: its last word is a number."""

    name: str
    method: str
    meaning: str
    numbered: bool = False


VERBS = (
    Verb("reload-app", "reload", "Reload the application in the same process; waits until the new code serves, or says why not"),
    Verb("rollback", "rollback", "Go back to the code before, from memory (--rollback-window)"),
    Verb("drain", "drain", "Stop, as `stop` does, and tell how it went with the requests in flight"),
    Verb("pause", "pause", "Take no requests for now: clients wait"),
    Verb("resume", "resume", "Take requests again"),
    Verb("workers", "scale", "Have so many workers, until the next reload", numbered=True),
    Verb("app-status", "status", "Tell how it stands: ready or not, generation, workers"),
    Verb("rolling-restart", "", "Restart one process after the other, each when the one before is ready"),
)


class Commands(ControllerPluginBase):  # type: ignore[misc]  # supervisor ships no types
    """The plug-in. Methods `do_…` and `help_…` are made from the table below."""

    name = "adapter"

    def __init__(self, controller: Any) -> None:
        super().__init__(controller)
        controller.identchars += "-"  # else `reload-app` is supervisorctl's own `reload` with an argument
        controller.complete = _Completion(controller)
        self._help, controller.do_help = controller.do_help, self._topic

    def do_help(self, arg: str) -> None:
        """Asked by supervisorctl of every plug-in: with a topic, each that does not know it would say so."""
        if not arg:
            super().do_help(arg)

    def _topic(self, arg: str) -> None:
        verb = next((each for each in VERBS if each.name == arg.strip()), None)
        if verb is None:
            self._help(arg)
        else:
            self._explain(verb)

    def _explain(self, verb: Verb) -> None:
        number = " <number>" if verb.numbered else ""
        self.ctl.output(f"{verb.name} <name>{number}\t\t{verb.meaning}")
        self.ctl.output(f"{verb.name} <gname>:*{number}\tThe same for all processes in a group")
        if not verb.numbered:
            self.ctl.output(f"{verb.name} <name> <name>\tThe same for multiple processes or groups")

    # -- to ask, and to tell -------------------------------------------------------------------------------------------

    def _run(self, verb: Verb, arg: str) -> None:
        names, more = arg.split(), []
        if verb.numbered:
            if len(names) < 2 or not (names[-1].isdecimal() and len(names[-1]) <= _DIGITS):  # noqa: PLR2004 -- a name and a number
                self._misused(verb, f"Error: {verb.name} requires a process name and a number")
                return
            more = [int(names.pop())]
        if not names:
            self._misused(verb, f"Error: {verb.name} requires a process name")
            return
        if not self.ctl.upcheck():
            return
        for name in names:
            if not verb.method:
                if not self._try(name, self._roll):
                    return
                continue
            self._try(name, lambda name: self._ask(verb.method, name, *more))

    def _misused(self, verb: Verb, sentence: str) -> None:
        self.ctl.output(sentence)
        self.ctl.exitstatus = LSBInitExitStatuses.GENERIC
        self._explain(verb)

    def _try(self, name: str, ask: Callable[[str], bool]) -> bool:
        """Whatever supervisord says or does not say, it is a line for the operator; False when it was not done."""
        try:
            return ask(name)
        except Fault as fault:
            self._failed(name, _MISSING if fault.faultCode == Faults.UNKNOWN_METHOD else _said(fault))
        except (OSError, HTTPException) as error:
            self._failed(name, f"lost supervisord: {error}")
        return False

    def _failed(self, name: str, why: str) -> None:
        self.ctl.output(f"{name}: ERROR ({why})")
        self.ctl.exitstatus = LSBInitExitStatuses.GENERIC

    def _ask(self, method: str, name: str, *more: int) -> bool:
        answers = getattr(self.ctl.get_server_proxy("adapter"), method)(name, *more)
        for each in answers:
            self._tell(each)
        return all(each["ok"] for each in answers)

    def _tell(self, answer: Mapping[str, Any]) -> None:
        name = shown(answer["group"], answer["name"])
        if answer["ok"]:
            self.ctl.output(f"{name}: {answer['outcome']}")
        else:
            self._failed(name, answer["outcome"])
        for line in answer["detail"].splitlines():
            self.ctl.output(f"    {line}")

    # -- one after the other -------------------------------------------------------------------------------------------

    def _roll(self, name: str) -> bool:
        """Stops at the first that does not come back: those that still serve are left alone."""
        told = self.ctl.get_supervisor().getAllProcessInfo()
        groups: dict[str, list[str]] = {}
        for each in told:
            groups.setdefault(each["group"], []).append(each["name"])
        try:
            names = [shown(*each) for each in chosen(name, groups)]
        except LookupError as error:
            self._failed(name, error.args[0])
            return False
        for at, each in enumerate(names, 1):
            if not self._restart(each):
                if names[at:]:
                    self.ctl.output(f"rolling-restart ends here; not touched: {', '.join(names[at:])}")
                return False
        return True

    def _restart(self, name: str) -> bool:
        supervisor = self.ctl.get_supervisor()
        if supervisor.getProcessInfo(name)["statename"] not in _STOPPED:
            drained = self._ask("drain", name)
            if not drained and supervisor.getProcessInfo(name)["statename"] not in _STOPPED:
                return False  # it could not be asked, and goes on
        supervisor.startProcess(name, False)
        return self._ask("await_ready", name, _READY_WITHIN)


def _said(fault: Fault) -> str:
    """Our own faults are sentences behind the fault's name; supervisord's are a name."""
    kind, _, sentence = str(fault.faultString).partition(": ")
    return sentence if " " in sentence else f"{kind} {sentence}".strip()


class _Completion:
    """What TAB completes: after our commands the names of processes, else as before."""

    def __init__(self, controller: Any) -> None:
        self._controller = controller
        self._others = controller.complete

    def __call__(self, text: str, state: int, line: str | None = None) -> str | None:
        """As cmd.Cmd.complete: the completion number `state` of `text`, None after the last."""
        if line is None:
            import readline  # noqa: PLC0415 -- as supervisorctl: only where there is a terminal

            line = readline.get_line_buffer()
        words = line.split()
        if not words or words[0] not in {verb.name for verb in VERBS} or (len(words) == 1 and not line.endswith(" ")):
            found: str | None = self._others(text, state, line)
            return found
        matches = self._controller._complete_processes(text)  # noqa: SLF001 -- the only way to supervisorctl's own list
        return matches[state] if state < len(matches) else None


def _announce(verb: Verb) -> None:
    def do(self: Commands, arg: str) -> None:
        self._run(verb, arg)

    def tell(self: Commands) -> None:
        self._explain(verb)

    do.__doc__ = tell.__doc__ = verb.meaning
    setattr(Commands, f"do_{verb.name}", do)
    setattr(Commands, f"help_{verb.name}", tell)


for _verb in VERBS:
    _announce(_verb)

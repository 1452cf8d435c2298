"""The RPC interface `adapter` of supervisord: `adapter.reload("web")` and its like, over the same XML-RPC as supervisord's own.

Each method names a program, a group, `group:name`, `group:*` or `all`, and is answered, once all it means have come to an end, with
a struct for each: group, name, asked, ok, outcome (a sentence), detail (a traceback, say), and facts by the method. supervisord
goes on meanwhile: it asks for the answer whenever its loop comes round (`NOT_DONE_YET`), as with its own startProcess.

What became of a reload, rollback or drain is also an event, REMOTE_COMMUNICATION of the type `adapter`: the same struct as JSON.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from supervisor import events
from supervisor.http import NOT_DONE_YET
from supervisor.states import SupervisorStates, getProcessStateDescription
from supervisor.xmlrpc import Faults, RPCError

from adapter.exits import Fatal
from adapter.lifecycle.commands import NUMBERS, Command
from adapter.log import escape
from adapter.supervisors.supervisord.asking import PROMPT, Drain, Once, Refused, Task, Until, runs
from adapter.supervisors.supervisord.exchange import Exchange
from adapter.supervisors.supervisord.holding import Holder
from adapter.supervisors.supervisord.namespec import ALL, chosen, shown
from adapter.supervisors.supervisord.outcome import Outcome, of_change, of_status, ready, refused
from adapter.unix import startedwith

_LONG = 900.0  # seconds for what takes as long as an application takes to import, and more
_DELAY = 0.05  # seconds between two looks, as supervisord's own

_Ask = Callable[[Any, str], Task]


class RPCInterface:
    """Public methods are the interface. `settings`: see `make_rpcinterface`."""

    def __init__(self, supervisord: Any, settings: Mapping[str, str]) -> None:
        self._supervisord = supervisord
        warn = supervisord.options.logger.warn
        for name in sorted(settings.keys() - {"hold"}):
            warn(f"adapter: [rpcinterface:adapter] has {name}=, which means nothing; it knows hold=")
        self._holder = Holder(supervisord, tuple(settings.get("hold", "*").replace(",", " ").split()))

    def held(self) -> Any:
        """Names of the groups whose sockets are held

        @return array result  The names
        """
        return self._holder.names()

    def status(self, name: str) -> Any:
        """How it stands: ready (is it to be sent requests), generation, workers, and status (all it knows, as JSON)

        @param string name    A program, a group, group:name, group:* or all
        @return array result  A struct for each process
        """
        return self._ask("status", name, lambda process, who: self._once(process, who, "status", _told_status, PROMPT))

    def reload(self, name: str) -> Any:
        """Reload: new code, config and interpreter in the same process; answered when the new generation serves, or why it does not

        @param string name    A program, a group, group:name, group:* or all
        @return array result  A struct for each process
        """
        return self._change("reload", name)

    def rollback(self, name: str) -> Any:
        """Roll back to the generation before, from memory; the instance needs --rollback-window

        @param string name    A program, a group, group:name, group:* or all
        @return array result  A struct for each process
        """
        return self._change("rollback", name)

    def drain(self, name: str) -> Any:
        """Stop: finish what is in flight; answered when the process is gone, with how that went

        @param string name    A program, a group, group:name, group:* or all
        @return array result  A struct for each process
        """

        def drain(process: Any, who: str) -> Task:
            return Drain(process, self._reach(process, who, _LONG))

        return self._ask("drain", name, drain, tells=True)

    def pause(self, name: str) -> Any:
        """Take no requests for now: clients wait in the kernel's queue

        @param string name    A program, a group, group:name, group:* or all
        @return array result  A struct for each process
        """
        return self._until("pause", name, {"command": "pause"}, lambda record: bool(record.get("paused")))

    def resume(self, name: str) -> Any:
        """Take requests again

        @param string name    A program, a group, group:name, group:* or all
        @return array result  A struct for each process
        """
        return self._until("resume", name, {"command": "resume"}, lambda record: not record.get("paused"))

    def scale(self, name: str, workers: int) -> Any:
        """Have so many workers, until the next reload; answered when they serve

        @param string name    A program, a group, group:name, group:* or all
        @param int workers    How many
        @return array result  A struct for each process
        """
        takes = NUMBERS[Command.WORKERS]
        if not takes.allows(workers):
            raise RPCError(Faults.BAD_ARGUMENTS, f"scale takes a number: {takes.says}")
        question = {"command": "workers", "number": workers}
        return self._until("scale", name, question, lambda record: record.get("slots") == workers and bool(record.get("whole")))

    def await_ready(self, name: str, seconds: int) -> Any:
        """Wait until it is to be sent requests: every slot is served, and it is neither paused nor stopping

        @param string name    A program, a group, group:name, group:* or all
        @param int seconds    How long at most
        @return array result  A struct for each process
        """
        if type(seconds) not in (int, float) or not 0 < seconds <= _LONG:
            raise RPCError(Faults.BAD_ARGUMENTS, f"await_ready takes a number of seconds, at most {_LONG:g}")
        return self._until("await_ready", name, None, ready, float(seconds))

    # -- how -----------------------------------------------------------------------------------------------------------

    def _change(self, verb: str, name: str) -> Any:
        def told(answer: Mapping[str, Any]) -> Outcome:
            return of_change(verb, answer)

        return self._ask(verb, name, lambda process, who: self._once(process, who, verb, told, _LONG), tells=True)

    def _once(self, process: Any, who: str, command: str, told: Callable[[Mapping[str, Any]], Outcome], seconds: float) -> Task:
        question: dict[str, object] = {"command": command}
        if command != "status":
            question["wait"] = True
        return Once(self._reach(process, who, seconds), question, told)

    def _until(
        self,
        verb: str,
        name: str,
        question: dict[str, object] | None,
        held: Callable[[Mapping[str, Any]], bool],
        seconds: float = 6 * PROMPT,
    ) -> Any:
        def until(process: Any, who: str) -> Task:
            return Until(process, lambda left: self._reach(process, who, left), seconds, held, question)

        return self._ask(verb, name, until)

    def _reach(self, process: Any, who: str, seconds: float) -> Exchange:
        return Exchange(self._supervisord, who, process.pid, seconds)

    def _ask(self, verb: str, name: str, ask: _Ask, *, tells: bool = False) -> Any:
        if self._supervisord.options.mood < SupervisorStates.RUNNING:
            raise RPCError(Faults.SHUTDOWN_STATE, "supervisord is about to end, or to start anew")
        groups = self._supervisord.process_groups
        try:
            names = chosen(name, {group: tuple(each.processes) for group, each in groups.items()})
        except LookupError as error:
            raise RPCError(Faults.BAD_NAME, escape(error.args[0])) from None
        if name == ALL:  # of those that can be asked: there may be others
            names = [each for each in names if _can_be_asked(groups[each[0]].processes[each[1]])]
        tasks = [(each, _begun(groups[each[0]].processes[each[1]], shown(*each), ask)) for each in names]
        return self._deferred(verb, tasks, tells=tells)

    def _deferred(self, verb: str, tasks: Iterable[tuple[tuple[str, str], Task]], *, tells: bool) -> Any:
        """supervisord calls the result until it says something else than NOT_DONE_YET. It must be a function, with these attributes."""
        waiting = dict(tasks)
        answers: dict[tuple[str, str], dict[str, Any]] = {}

        def answer() -> Any:
            for who, task in waiting.items():
                if who in answers:
                    continue
                task.advance()
                if task.outcome is not None:
                    answers[who] = task.outcome.to_plain(*who, verb)
                    if tells:
                        events.notify(events.RemoteCommunicationEvent("adapter", json.dumps(answers[who])))
            return NOT_DONE_YET if len(answers) < len(waiting) else [answers[who] for who in waiting]

        vars(answer).update(delay=_DELAY, rpcinterface=self)
        return answer


def _can_be_asked(process: Any) -> bool:
    return runs(process) and startedwith.control_path(process.pid) is not None


def _begun(process: Any, who: str, ask: _Ask) -> Task:
    if not runs(process):
        return Refused(f"{who} does not run ({getProcessStateDescription(process.get_state())})")
    try:
        return ask(process, who)
    except Fatal as error:
        return Refused(error.sentence)


def _told_status(answer: Mapping[str, Any]) -> Outcome:
    record = answer.get("status")
    return of_status(record) if isinstance(record, dict) else refused("no status", answer)

"""Hears that somebody has come while no worker is there (--idle-cheap). Nobody is let in here: the worker to come does that."""

from adapter.lifecycle.events import Event, Knocked
from adapter.lifecycle.state import State
from adapter.roles.master.crew import Crew
from adapter.roles.master.listening import Listeners
from adapter.roles.master.watch import Watch


class Doorbell:
    """The listeners of those who serve, and the queue by which connections are handed over: a worker that still drained may have put one in."""

    def __init__(self, watch: Watch, listeners: Listeners, crew: Crew) -> None:
        self._watch = watch
        self._listeners = listeners
        self._crew = crew
        self._heard: set[int] = set()

    def follow(self, state: State) -> None:
        """Listen, or do not, as this state asks for. Before a listener that was heard is closed."""
        wanted: set[int] = set()
        if state.asleep and not state.paused and state.leaving is None:
            wanted = {*self._listeners.descriptors(self._addresses(state)), *self._crew.commons.queue[1:]}
        for fd in self._heard - wanted:
            self._watch.remove(fd)
        for fd in wanted - self._heard:
            self._watch.add(fd, _rings)
        self._heard = wanted

    def _addresses(self, state: State) -> set[str]:
        """At any other (an inherited socket that nobody uses) no worker would take who comes, and all would wake in vain."""
        serving = {state.target, state.change.previous if state.change else None}
        return {address for number, family in self._crew.families.items() if number in serving for address in family.addresses}


def _rings() -> list[Event]:
    return [Knocked()]

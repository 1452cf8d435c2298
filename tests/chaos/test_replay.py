"""Histories that the model makes (tests/model/test_master.py) are played to a real server: it comes to stand where the model does."""

import os
import random
import time
from collections.abc import Iterator
from signal import SIGKILL
from typing import Any, NamedTuple

import pytest
from model.test_master import MasterAgainstKernel

from adapter.config.settings import Settings
from adapter.lifecycle import events as e
from adapter.lifecycle.commands import Command
from adapter.lifecycle.state import Phase
from adapter.lifecycle.status import status as told
from adapter.roles.master.limits import limits_of
from kit.commands import Line, preloaders, status
from kit.load import Load
from kit.server import Adapter

LIMITS = limits_of(Settings(app="exact.py", workers=2, rollback_window=600.0))
OPTIONS = ("--workers=2", "--rollback-window=600", "--control=control")
COMMANDS = (
    Command.RELOAD,
    Command.WORKERS_RELOAD,
    Command.CHAIN_RELOAD,
    Command.ROLLBACK,
    Command.MORE,
    Command.FEWER,
)
COMPARED = (
    "generation",
    "slots",
    "paused",
    "queued",
    "leaving",
    "asleep",
    "reloads",
    "failed_reloads",
    "respawns",
    "rollbacks",
    "kept",
)
# What nobody may see, though workers are killed: only what the dead one held may be cut.
NEVER = ("refused", "wrong", "timeout", "own")


class Deed(NamedTuple):
    """Something that the world does: a command, a broken deploy, a death (of the worker in this place; of the preloader: -1)."""

    command: Command | None = None
    broken: bool = False
    victim: int = -1


def deeds(chance: random.Random, number: int) -> Iterator[Deed]:
    """What happens in a history; not so many deaths that the next start would have to wait."""
    deaths = 0
    for _ in range(number):
        kind = chance.choice(("command", "command", "command", "broken", "death"))
        if kind == "death" and deaths < 3:
            deaths += 1
            yield Deed(victim=chance.choice((0, 1, -1)))
        elif kind == "broken":
            yield Deed(chance.choice((Command.RELOAD, Command.WORKERS_RELOAD)), broken=True)
        else:
            yield Deed(chance.choice(COMMANDS))


class Model:
    """The state machine of the model: its kernel is a pretence, the master's mind is the real one."""

    def __init__(self) -> None:
        self.machine = MasterAgainstKernel()
        self.machine.start(LIMITS, booted=True)

    def do(self, deed: Deed) -> None:
        """And what comes of it, until nothing does any more. Every promise of the model is looked at on the way."""
        machine = self.machine
        if deed.broken:
            assert deed.command is not None
            machine.tell(e.Asked(deed.command, "control"))
            self._fail()
        elif deed.command is not None:
            machine.tell(e.Asked(deed.command, "control"))
        else:
            kind, number = self._victim(deed.victim)
            process = machine.kernel.find(kind, number)
            assert process is not None
            process.die()
        machine.go_on(obeying=True)

    def _fail(self) -> None:
        """Whatever is imported from here on cannot be."""
        machine = self.machine
        if machine.kernel.find("preflight", 0):
            machine.the_preflight_ends("")
            machine.the_master_becomes_its_successor("well", LIMITS)
        machine.hear_news()
        (loading,) = (each for each in machine.state.generations if each.phase is Phase.LOADING)
        process = machine.kernel.find("preloader", loading.number)
        assert process is not None
        process.said.append(e.LoadFailed(process.number, "SyntaxError", 1))
        process.die(clean=True)

    def _victim(self, place: int) -> tuple[str, int]:
        state = self.machine.state
        return ("preloader", state.target) if place < 0 else ("worker", state.workers[place % len(state.workers)].id)

    def stand(self) -> dict[str, Any]:
        """What is compared."""
        return stand(told(self.machine.state, self.machine.now))


def stand(record: dict[str, Any]) -> dict[str, Any]:
    """Of a status that which neither time nor chance decides."""
    workers = [(each["id"], each["slot"], each["generation"], each["stage"]) for each in record["workers"]]
    return {**{name: record[name] for name in COMPARED}, "changing": record["change"] is not None, "workers": workers}


class Real:
    """A server, which the same is done to."""

    def __init__(self, server: Adapter) -> None:
        self.server = server
        self.pid = server.process.pid
        self.good = (server.directory / "exact.py").read_text()
        self.preloaders: dict[int, int] = {}  # by generation
        self.look()

    def do(self, deed: Deed) -> None:
        """And hear of a reload how it went."""
        if deed.command is None:
            os.kill(self._victim(deed.victim), SIGKILL)
            return
        if deed.broken:
            self.server.write("exact.py", "bad(")
        with Line(self.server.directory / "control") as line:
            said = line.ask(deed.command.value, **({"wait": True} if deed.broken else {}))
        assert not (deed.broken and said["ok"]), f"a broken deploy was taken: {said}"
        self.server.write("exact.py", self.good)

    def _victim(self, place: int) -> int:
        record = status(self.server)
        workers = [each["pid"] for each in record["workers"]]
        return self.preloaders[record["generation"]] if place < 0 else int(workers[place % len(workers)])

    def come_to(self, wanted: dict[str, Any]) -> None:
        """Until it stands as the model does; what it lacks, if it never does."""
        deadline = time.monotonic() + 60
        while (found := stand(status(self.server))) != wanted:
            assert time.monotonic() < deadline, f"model: {wanted}\nserver: {found}"
            time.sleep(0.01)  # the last word of what it does may be the end of somebody who drains: no single line says so
        self.look()

    def look(self) -> None:
        """Whose preloader is whose: the one we have not seen yet is that of the generation that serves."""
        alive = preloaders(self.server)
        self.preloaders = {of: pid for of, pid in self.preloaders.items() if pid in alive}
        fresh = set(alive) - set(self.preloaders.values())
        self.preloaders |= {status(self.server)["generation"]: pid for pid in fresh}


@pytest.mark.parametrize("seed", range(1, 1 + int(os.environ.get("HISTORIES", "3"))))  # more: for a quiet night
def test_a_history_of_the_model(seed: int) -> None:
    """After each deed the real server has the model's generation, workers and counters; it is the same process, and nothing is lost."""
    model = Model()
    with Adapter("exact.py", *OPTIONS) as server, Load(server.address, paced=8, rate=50.0) as load:
        real = Real(server)
        real.come_to(model.stand())
        for deed in deeds(random.Random(f"history {seed}"), 5):
            model.do(deed)
            real.do(deed)
            real.come_to(model.stand())
        report = load.stop()
        assert server.process.running
        assert not any(getattr(report, name) for name in NEVER), str(report)

"""What a workload is, and one round of it."""

from collections.abc import Callable
from typing import NamedTuple

from bench import wrk
from bench.command import Setting
from bench.figures import Sample
from bench.peers import Peer
from bench.question import Question
from bench.server import Machine, Server


class Column(NamedTuple):
    """A measure as the table shows it. `unit`: a key of bench.table.UNITS. `compared`: the first server's ratio to the others is shown."""

    measure: str
    title: str
    unit: str
    compared: bool = False


class Workload(NamedTuple):
    """What is asked of whom, and what is measured. The first server is the one that the others are compared with.

    `connections`: of the load; `close`: a new one for each request; `ideal`: the rate that the application alone would allow; `often`:
    so many times the rounds that are asked for; `least`: so many seconds each time, whatever is asked for.
    """

    name: str
    title: str
    setting: Setting
    question: Question
    measure: Callable[["Job"], Sample]
    columns: tuple[Column, ...]
    servers: tuple[str, ...]
    connections: int = 32
    close: bool = False
    ideal: float = 0.0
    note: str = ""
    often: int = 1
    least: float = 0.0

    def rounds(self, asked: int) -> int:
        """How many. One is a look and no result, and stays one."""
        return asked if asked == 1 else asked * self.often


class Job(NamedTuple):
    """One round of one server at one workload, for about so many seconds."""

    peer: Peer
    workload: Workload
    machine: Machine
    seconds: float

    def server(self, workers: int | None = None) -> Server:
        """It, not yet started; with as many workers as the workload says, unless told."""
        setting = self.workload.setting
        setting = setting if workers is None else setting._replace(workers=workers)
        return Server(self.peer, setting, self.machine, self.workload.question)

    def load(self, server: Server, seconds: float) -> wrk.Told:
        """Let wrk loose on it."""
        work, core = self.workload, self.machine.load_core
        return wrk.run(server.port, work.question, connections=work.connections, seconds=seconds, core=core, close=work.close)

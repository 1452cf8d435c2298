"""How the operators of each supervisor say what they want, and what can be led by it from state to state (see kit.walk)."""

import subprocess
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kit.asked import Asked
from kit.lines import Lines


class Led(Protocol):
    """What can be led: see kit.logged and kit.services. `start` says something to its supervisor; None: that is done."""

    address: str
    log: Lines
    release: Path

    @property
    def pid(self) -> int: ...
    def ask(self, path: str) -> Asked: ...
    def start(self, *words: str) -> subprocess.Popen[str] | None: ...


class Tongue(NamedTuple):
    """How operators say things: the words before the service's name, and what says what."""

    argv: Callable[[str], tuple[str, ...]]
    signals: Mapping[str, str]
    """What sends a signal that adapter hears, and its name."""
    up: str
    down: str
    term: str
    hup: str
    pause: str
    cont: str
    until_down: Callable[[Any], object]
    waits: Collection[str] = ()
    """What ends with its outcome, not at once."""
    unjudged: frozenset[str] = frozenset()
    """What may say that it failed."""
    old: frozenset[str] = frozenset()
    """What means a process only that has been there for a while."""

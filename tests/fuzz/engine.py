"""A small coverage-guided fuzzer: inputs that take a new way are kept and changed further. The same seed does the same again.

    findings = Fuzzer(Target(), seed=1).run(executions=2000)
    assert not findings.faults

Why our own: the well-kept one for Python weighs 35 MB, has no wheels but for x86-64, and brings its own process; this one runs
within a test, in seconds, and knows about lines and tokens.
"""

import hashlib
import re
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Sequence
from random import Random
from typing import NamedTuple

from fuzz.coverage import traced
from fuzz.mutation import MOST, Mutation


class Target(ABC):
    """What is fuzzed."""

    name: str
    code: tuple[str, ...]
    """Parts of the names of the files whose ways are followed."""
    seeds: Sequence[bytes]
    tokens: Sequence[bytes]

    @abstractmethod
    def run(self, data: bytes) -> Iterable[Hashable]:
        """Read the bytes once, followed; what else tells that an input is of a new kind."""

    @abstractmethod
    def judge(self, data: bytes, random: Random) -> None:
        """Every invariant, on this input. Raises AssertionError (or anything else) for a fault."""


class Fault(NamedTuple):
    """An input that breaks an invariant, made small."""

    data: bytes
    kind: str
    trace: str

    @property
    def name(self) -> str:
        """For a file."""
        return hashlib.sha256(self.data).hexdigest()[:12]


class Findings(NamedTuple):
    executions: int
    ways: int
    """How many different edges and kinds of outcome were seen."""
    kept: int
    faults: list[Fault]


class Fuzzer:
    """One search, from one seed."""

    def __init__(self, target: Target, seed: int) -> None:
        self._target = target
        self._seed = seed
        self._random = Random(seed)
        self._mutation = Mutation(self._random, target.tokens)
        self._ways: set[Hashable] = set()
        self._kept: list[bytes] = []
        self._faults: dict[str, Fault] = {}
        self._executions = 0

    def run(self, *, executions: int | None = None, until: Callable[[], bool] = lambda: False) -> Findings:
        """All seeds, then changes of what was kept: so many in all, or until told to stop."""
        for seed in self._target.seeds:
            if len(seed) <= MOST:
                self._try(seed)
        while not until() and (executions is None or self._executions < executions):
            self._try(self._mutation.of(self._pick(), self._pick()))
        return Findings(self._executions, len(self._ways), len(self._kept), list(self._faults.values()))

    def _pick(self) -> bytes:
        """One that was kept; every other time one of the latest."""
        kept = self._kept or [b""]
        late = self._random.randrange(2) and len(kept) > 50
        return self._random.choice(kept[-50:] if late else kept)

    def _try(self, data: bytes) -> None:
        self._executions += 1
        trouble, ways = self._broken(data)
        if trouble is not None:
            kind = kind_of(trouble)
            if kind not in self._faults:
                small = self._made_small(data, kind)
                self._faults[kind] = Fault(small, kind, "".join(traceback.format_exception(trouble)))
            return
        if not ways <= self._ways:
            self._ways |= ways
            self._kept.append(data)

    def _broken(self, data: bytes) -> tuple[Exception | None, set[Hashable]]:
        """What goes wrong with it, if anything, and the ways it takes. An input is judged the same way each time."""
        try:
            kinds, edges = traced(lambda: self._target.run(data), self._target.code)
            self._target.judge(data, Random(self._seed + len(data)))
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the finding
            return error, set()
        return None, {*edges, *kinds}

    def _made_small(self, data: bytes, kind: str) -> bytes:
        """The shortest we find, by leaving out, that breaks in the same way."""
        size = len(data) // 2
        while size:
            at = 0
            while at < len(data):
                less = data[:at] + data[at + size :]
                trouble, _ = self._broken(less)
                if trouble is not None and kind_of(trouble) == kind:
                    data = less
                else:
                    at += size
            size //= 2
        return data


def kind_of(trouble: Exception) -> str:
    """Faults of one kind are told once: where it was raised, and the first words of it."""
    last = traceback.extract_tb(trouble.__traceback__)[-1]
    words = re.sub(r"b?(['\"]).*|\d+", "", str(trouble).partition("\n")[0])[:60]
    return f"{last.filename.rpartition('/')[2]}:{last.lineno} {type(trouble).__name__}: {words}"

"""The fuzzer, short and always the same (the long search: `make fuzz`); and that it would find something."""

from collections.abc import Hashable, Iterable
from random import Random

import pytest

from fuzz.engine import Findings, Fuzzer, Target
from fuzz.http1 import Http1
from fuzz.targets import TARGETS

MORE = 1000
"""Changed inputs, after the seeds."""


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_an_invariant(name: str) -> None:
    """Every seed, and a thousand inputs made of them, keep every invariant that the target states."""
    target = TARGETS[name]()
    findings = Fuzzer(target, seed=1).run(executions=len(target.seeds) + MORE)

    assert [(fault.data, fault.kind) for fault in findings.faults] == []
    assert findings.executions > MORE
    assert findings.kept > 20


class Maze(Target):
    """Something that breaks deep inside, in two ways."""

    name = "maze"
    code = ("test_fuzz",)
    seeds = (b"....", b"AB..")
    tokens = (b"<<", b"Z")

    def run(self, data: bytes) -> Iterable[Hashable]:
        return (walk(data),)

    def judge(self, data: bytes, random: Random) -> None:
        assert walk(data) != 3, "it reached the end"
        assert b"<<<" not in data, "three brackets"


def walk(data: bytes) -> int:
    """How far these bytes come."""
    if data[:1] != b"A":
        return 0
    if data[1:2] != b"#":
        return 1
    if data[2:3] != b"Z":
        return 2
    return 3


def search() -> Findings:
    return Fuzzer(Maze(), seed=1).run(executions=12000)


def test_a_deep_fault_is_found_and_made_small() -> None:
    """A fault behind several comparisons is reached step by step, each kind is told once, with the shortest input."""
    faults = {fault.kind.rpartition(": ")[2]: fault.data for fault in search().faults}

    assert faults == {"it reached the end": b"A#Z", "three brackets": b"<<<"}


def test_the_same_seed_searches_the_same_way() -> None:
    """A search can be repeated."""

    class Few(Http1):
        seeds = Http1.seeds[::50]

    first, second = (Fuzzer(Few(), seed=7).run(executions=200) for _ in range(2))

    assert first == second

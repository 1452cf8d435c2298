"""What the bench makes of its results: the page, the picture, the aims; and its tables of data."""

import dataclasses
import xml.etree.ElementTree as ET

import pytest

from bench import goals, peers, picture, table, workloads
from bench.command import Setting, able, words
from bench.goals import Goal
from bench.job import Column
from bench.results import Results, read

MACHINE = {name: f"<{name}> & Co" for name in ("processor", "memory", "kernel", "python", "date", "load", "placing")}
PLACES = {"bin": "/v/bin", "compiled": "/compiled", "servers": "/s", "scratch": "/t", "port": 80}


def results():
    """Two servers, three rounds; one of the others could not be built, one failed."""
    return Results(
        MACHINE,
        {"adapterd": "1", "granian": "2", "stranger": "3"},
        rounds=3,
        seconds=2.0,
        samples={
            "hello": {
                "adapter": [{"rate": 30_000.0, "cpu": 20e-6, "errors": 0}] * 3,
                "granian": [{"rate": rate, "cpu": 25e-6, "errors": 1} for rate in (9_000.0, 10_000.0, 12_000.0)],
            },
            "slow": {"adapter": [{"rate": 790.0, "share": 0.9, "cpu": 1e-4}]},
        },
        failed={"hello": {"waitress": "it does not serve\nand more"}},
        missing={"bjoern": "no ev.h"},
    )


def test_page():
    """The page has medians, spread, ratios, versions, and says plainly who failed and who could not be built."""
    page = table.render(results())

    assert "| adapter | 30,000 | 20.0 µs |  |  |" in page
    assert "| granian (WSGI) | 10,000 (9,000–12,000) ⚠ | 25.0 µs ⚠ | 3.00 × | 0.80 × |" in page
    assert "| bjoern | could not be built |" in page
    assert "| waitress | failed |" in page
    assert "waitress: it does not serve\n" in page
    assert "granian (WSGI): 3 answers in all rounds were wrong" in page
    assert "Versions: adapterd 1, granian 2.\n" in page
    assert "What is not fair" in page
    assert "Flask" not in table.render(results()).partition("not fair")[0], "what was not measured has no section"


def test_rounds():
    """What most aims are about has more rounds than was asked for, and says so; a look of one round stays one."""
    hello, slow = workloads.BY_NAME["hello"], workloads.BY_NAME["slow"]

    assert (hello.rounds(3), slow.rounds(3), hello.rounds(1)) == (9, 3, 1)
    assert table.render(results()).count("\n9 rounds.\n") == 1


def test_tables_are_whole():
    """Each row of each table on the page has as many cells as its heading."""
    widths = [
        {row.count("|") for row in block.splitlines() if row.startswith("|")} for block in table.render(results()).split("\n\n")
    ]

    assert all(len(width) <= 1 for width in widths)
    assert any(widths)


@pytest.mark.parametrize(
    ("unit", "value", "said"), [("us", 2e-5, "20.0 µs"), ("percent", 0.954, "95 %"), ("MB", 9.34e6, "9.3 MB")]
)
def test_units(unit, value, said):
    """What is kept in seconds, bytes and shares is shown in the column's unit."""
    kept = Results(MACHINE, {}, 1, 1, samples={"w": {"s": [{"m": value}]}})

    assert table.shown(kept.figure("w", "s", "m"), Column("m", "", unit)) == said


def test_aims():
    """An aim is a ratio in one run, or a value itself, and is reached or missed."""
    found = results()
    ratio = goals.reached(Goal("hello", "rate", "granian", 1.2, least=True), found)
    share = goals.reached(Goal("slow", "share", "", 0.95, least=True), found)

    assert (ratio, share) == (3, 0.9)
    assert goals.met(Goal("hello", "rate", "granian", 1.2, least=True), ratio)
    assert not goals.met(Goal("slow", "share", "", 0.95, least=True), share)
    assert goals.reached(Goal("hello", "rate", "bjoern", 1), found) is None
    assert "| 3.00 | reached |" in table.render(found)
    assert "| 0.90 | missed |" in table.render(found)


def test_picture():
    """The picture is XML whatever the machine is called, with a bar for each server that was measured."""
    tree = ET.fromstring(picture.render(results()))
    texts = [text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")]

    assert len([bar for bar in tree.iter("{http://www.w3.org/2000/svg}rect") if bar.get("class") in {"bar", "ours"}]) == 4
    assert {"30,000", "10,000", "20.0 µs", "25.0 µs"} <= set(texts)


def test_best_first():
    """Bars are in order, the best first: more requests, less time."""
    order = [[name for name, _ in picture.bars(panel, results())] for panel in picture.PANELS[:2]]

    assert order == [["adapter", "granian"], ["adapter", "granian"]]


def test_kept(tmp_path):
    """Results that are written are read again as they were."""
    results().write(tmp_path / "deep/kept.json")

    assert dataclasses.asdict(read(tmp_path / "deep/kept.json")) == dataclasses.asdict(results())


@pytest.mark.parametrize("workload", workloads.WORKLOADS, ids=lambda workload: workload.name)
def test_workloads(workload):
    """A workload names servers and units that exist, and each server's command line can be said."""
    assert set(workload.servers) <= set(peers.BY_NAME)
    assert {column.unit for column in workload.columns} <= set(table.UNITS)
    for name in workload.servers:
        assert all("{" not in word for word in words(peers.BY_NAME[name], workload.setting, PLACES))


def test_goals_are_of_workloads():
    """An aim is about a column of a workload, and about servers that it measures."""
    for goal in goals.GOALS:
        workload = workloads.BY_NAME[goal.workload]
        assert goal.measure in {column.measure for column in workload.columns}
        assert {goal.ours, goal.theirs or goal.ours} <= set(workload.servers)


def test_words():
    """Workers, threads and a workload's own options are said before the application, and only to whom they mean something."""
    setting = Setting("hello", workers=4, threads=16, options={"sync": ("--preload",)})
    said = {name: words(peers.BY_NAME[name], setting, PLACES) for name in ("adapter", "sync")}

    assert said["adapter"][-5:] == ["--workers", "4", "--threads", "16", "hello:application"]
    assert said["sync"][-4:] == ["--workers", "4", "--preload", "hello:application"]


def test_able():
    """Who has no workers is left out of several; who has no threads is not left out of anything."""
    assert not able(peers.BY_NAME["waitress"], Setting("hello", workers=4))
    assert able(peers.BY_NAME["sync"], Setting("slow", workers=4, threads=16))


def test_quick():
    """The quick mode is of workloads and servers that exist, and has the one that the others are compared with."""
    assert set(workloads.QUICK) <= set(workloads.BY_NAME)
    assert set(peers.QUICK) <= set(peers.BY_NAME)
    assert {workloads.BY_NAME[name].servers[0] for name in workloads.QUICK} <= set(peers.QUICK)

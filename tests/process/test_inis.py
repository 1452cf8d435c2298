"""INI files as the field has them (tests/corpus/uwsgi): each starts, serves, reloads and stops as its users mean it, and as real uWSGI does."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from corpus.uwsgi.differences import DIFFERENCES
from kit.inis.compared import Differs, differences
from kit.inis.corpus import CORPUS, Ini, ini, names
from kit.inis.expected import wrongs
from kit.inis.living import ADAPTER, UWSGI, Life, live, refusal

INIS: dict[str, Ini] = {name: ini(name) for name in names()}
TAKEN = [name for name, each in INIS.items() if not each.refused]
REFUSED = [name for name, each in INIS.items() if each.refused]
BESIDE = [name for name in TAKEN if not INIS[name].alone]
Lives = Callable[[str, str], Life]


@pytest.fixture(scope="module")
def lives(request: pytest.FixtureRequest) -> Iterator[Lives]:
    """Lives of the files that the chosen tests ask for, some at a time: most of a life under uWSGI is its master's sleep."""
    chosen = [
        each.callspec.params for each in request.session.items if isinstance(each, pytest.Function) and hasattr(each, "callspec")
    ]
    asked = {params["taken"] for params in chosen if "taken" in params}
    beside = {params["beside"] for params in chosen if "beside" in params}
    with ThreadPoolExecutor(4) as some, ThreadPoolExecutor(8) as many:
        futures: dict[tuple[str, str], Future[Any]] = {}
        for name in TAKEN:
            if name in asked | beside:
                futures["adapter", name] = some.submit(live, ADAPTER, name)
            if name in beside:
                futures["uwsgi", name] = many.submit(live, UWSGI, name)
        yield lambda server, name: futures[server, name].result()
        for each in futures.values():
            each.cancel()


def test_how_many() -> None:
    """Sixty and more, and no file lies there without being asked about."""
    assert len(TAKEN) >= 60
    told = {INIS[name].file.partition(":")[0] or f"{INIS[name].name}.ini" for name in INIS}
    assert {path.name for path in CORPUS.rglob("*.ini")} - {path.rpartition("/")[2] for path in told} <= SHARED


SHARED = {"common.ini", "more.ini", "late.ini", "defaults.ini"}
"""What other files include."""


@pytest.mark.parametrize("taken", TAKEN)
def test_lives(taken: str, lives: Lives) -> None:
    """It starts, serves, reloads in place with the code loaded anew, stops, and leaves behind what its users expect, and nobody."""
    assert wrongs(lives("adapter", taken)) == []


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    """What cannot be the same here is refused: one sentence with file and line; what cannot be loaded ends it with the traceback."""
    code, log = refusal(name)
    assert code == INIS[name].code
    assert any(re.search(rf"adapter: (fatal:|\|) .*{INIS[name].refused}", line) for line in log), f"{log}"


@pytest.mark.parametrize("beside", BESIDE)
def test_beside_uwsgi(beside: str, lives: Lives) -> None:
    """Real uWSGI does the same with it, but for the named differences: answers, fields, environ, signals, files left behind."""
    known = {(each.kind, each.name) for each in DIFFERENCES}
    found = differences(lives("adapter", beside), lives("uwsgi", beside))
    assert {differs: example for differs, example in found.items() if differs not in known} == {}


def test_term_without_die_on_term() -> None:
    """TERM reloads uWSGI, brutally, when the file does not say die-on-term: the one signal that means something else (docs/commands.md)."""
    assert live(UWSGI, "plain/module", reload="TERM").anew


def test_each_difference_is_there(lives: Lives) -> None:
    """Each difference that is named can still be seen, and each has a reason."""
    seen: set[Differs] = set()
    for name in BESIDE:
        seen |= differences(lives("adapter", name), lives("uwsgi", name)).keys()
    assert {(each.kind, each.name) for each in DIFFERENCES} - seen == set()
    assert all(each.why for each in DIFFERENCES)

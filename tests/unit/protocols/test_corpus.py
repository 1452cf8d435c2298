"""Every message of the corpus (tests/corpus/http1): understood as the RFC says or refused, whole and in any pieces, alone or followed."""

import re
from collections.abc import Iterable

import pytest

from kit.cases import GET, ROOT, Case
from kit.corpus import CASES, THEMES, named
from kit.http1 import Reader, in_two, one_by_one, read

_LONG = 600
"""From here on a message is cut at both its ends, and at fifty places between."""

by_theme = pytest.mark.parametrize("theme", THEMES)
every = pytest.mark.parametrize("case", CASES, ids=named)


def places(raw: bytes) -> Iterable[int] | None:
    """Where to cut: None for everywhere."""
    if len(raw) < _LONG:
        return None
    size = len(raw)
    return sorted({*range(1, 60), *range(60, size, size // 50), *range(size - 60, size)})


def finely(raw: bytes) -> list[bytes]:
    """Byte by byte; a long message only at its ends."""
    if len(raw) < 3 * _LONG:
        return one_by_one(raw)
    middle = raw[_LONG:-_LONG]
    return [*one_by_one(raw[:_LONG]), *(middle[at : at + 61] for at in range(0, len(middle), 61)), *one_by_one(raw[-_LONG:])]


def test_the_corpus_is_a_corpus() -> None:
    """Several hundred different messages, each named once in its theme, each with the section it stands on."""
    assert len(CASES) >= 400
    assert len({(case.raw, case.limits) for case in CASES}) >= 0.9 * len(CASES)
    for theme, cases in THEMES.items():
        names = [case.name for case in cases]
        assert sorted(names) == sorted(set(names)), theme
    assert all(named(case).isprintable() for case in CASES)
    assert [case.name for case in CASES if not re.fullmatch(r"\d{4} §\d+(\.\d+)*", case.rfc)] == []
    assert [case.name for case in CASES if case.status not in {None, 400, 413, 414, 417, 431, 501, 505}] == []


@every
def test_a_message_is_what_the_rfc_says(case: Case) -> None:
    """The requests that must come out come out, with all their variables; then the refusal with its status, or none."""
    reading = read([case.raw], case.limits)

    assert reading.status == case.status, (case.rfc, reading.refusal)
    assert reading.requests == case.requests, case.rfc
    assert reading.midway == case.unfinished
    assert case.status or case.unfinished or reading.partial is None


@by_theme
def test_how_it_is_cut_changes_nothing(theme: str) -> None:
    """Byte by byte, or in two pieces cut anywhere, the same comes out of each message, reasons included."""
    for case in THEMES[theme]:
        whole = read([case.raw], case.limits)
        assert read(finely(case.raw), case.limits) == whole, case.name
        for pieces in in_two(case.raw, places(case.raw)):
            assert read(pieces, case.limits) == whole, (case.name, pieces)


@by_theme
def test_another_worker_goes_on_at_any_byte(theme: str) -> None:
    """A connection that is handed over between any two bytes, or between all of them, comes to the same."""
    for case in THEMES[theme]:
        whole = read([case.raw], case.limits)
        assert read([*finely(case.raw[:_LONG]), case.raw[_LONG:]], case.limits, handed_over=True) == whole, case.name
        for pieces in in_two(case.raw, places(case.raw)):
            assert read(pieces, case.limits, handed_over=True) == whole, (case.name, pieces)


FIRST = (
    b"GET / HTTP/1.1",
    b"GET / HTTP/1.0",
    b"POST /a?b HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"GET http://b/c HTTP/1.1",
    b"GET  / HTTP/1.1",
)
"""Request lines, one of them bad, that a client sends before a message with the same fields."""


@by_theme
def test_what_a_client_repeats_changes_nothing(theme: str) -> None:
    """A message after others on its connection that had the same fields, or itself, comes to what it comes to alone."""
    for case in THEMES[theme]:
        alone = read([case.raw], case.limits)
        for line in FIRST:
            before = line + case.raw[case.raw.find(b"\r\n") :]
            first = read([before], case.limits)
            if not (first.refusal or first.midway):
                again = read([before, case.raw], case.limits)
                assert again == alone._replace(requests=(*first.requests, *alone.requests)), (case.name, line)
        if not (alone.refusal or alone.midway):
            assert read([case.raw, case.raw], case.limits).requests == alone.requests * 2, case.name


@by_theme
def test_what_follows_changes_nothing(theme: str) -> None:
    """A valid request right behind, at once or later: it comes out if the message was whole, and never after a refusal."""
    for case in THEMES[theme]:
        if case.unfinished:
            continue
        expected = read([case.raw], case.limits)
        if case.status is None:
            expected = expected._replace(requests=(*expected.requests, ROOT))
        assert read([case.raw + GET], case.limits) == expected, case.name
        assert read([case.raw, GET], case.limits) == expected, case.name
        assert read(finely(case.raw + GET), case.limits) == expected, case.name


@by_theme
def test_the_end_of_the_connection_refuses_what_is_open(theme: str) -> None:
    """At every byte: a message that is cut there is refused, and nothing that comes after is read; between two messages all is well."""
    for case in THEMES[theme]:
        for head, _ in in_two(case.raw + b"\0", places(case.raw + b"\0")):
            reader = Reader(case.limits)
            reader.feed(head)
            open_now, refused = reader.receiver.midway, reader.reading().refusal
            assert not (open_now and refused), case.name
            assert reader.reading().partial is None or open_now or refused, case.name
            refusal = reader.receiver.eof()
            assert (refusal is not None) == open_now, (case.name, head)
            if refusal:
                assert refusal.status == 400
                assert reader.receiver.feed(GET) == [], (case.name, head)

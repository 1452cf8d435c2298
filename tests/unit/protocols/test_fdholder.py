"""The protocol of s6-fdholderd, as its own programs were seen to speak it (s6 2.11)."""

import errno

import pytest

from adapter.protocols import fdholder
from adapter.protocols.fdholder import Listing, Message, Retrieve, Store

SEEN = [
    (b"\0\0\0\x0b\0\0R\0\x07tcp:web\0", Retrieve("tcp:web", forget=False)),
    (b"\0\0\0\x08\0\0R\0\x04nope\0", Retrieve("nope", forget=False)),
    (b"\0\0\0\x08\0\0R\1\x04nope\0", Retrieve("nope", forget=True)),
    (b"\0\0\0\1\0\0L", Listing()),
    (b"\0\0\0\x16\0\1S`\0\0\0k\6jn#xf \7tcp:two\0", Store("tcp:two")),
]


@pytest.mark.parametrize(("wire", "meant"), SEEN)
def test_questions_of_s6(wire, meant):
    """What s6-fdholder-retrieve and -list send is understood, and is what we send."""
    message = fdholder.cut(wire)

    assert message == Message(wire[6:], int(isinstance(meant, Store)), b"")
    assert fdholder.question(message.body) == meant
    if meant == Retrieve(getattr(meant, "name", ""), forget=False):
        assert fdholder.pack(fdholder.retrieve(meant.name)) == wire
    if isinstance(meant, Store):
        assert fdholder.question(fdholder.store(meant.name)) == meant
        assert len(fdholder.store(meant.name)) == len(message.body)


def test_the_list_of_s6():
    """Names come out as s6-fdholderd sends them, and as we do."""
    wire = b"\0\0\0\x15\0\0\0\0\0\0\2tcp:web\0tcp:two\0"

    assert fdholder.listing(fdholder.cut(wire).body) == ["tcp:web", "tcp:two"]
    assert fdholder.pack(fdholder.listed(["tcp:web", "tcp:two"])) == wire
    assert fdholder.listing(fdholder.listed([])) == []


def test_a_message_arrives_in_parts():
    """Nothing is a message before its last byte; what follows it is left."""
    wire = fdholder.pack(fdholder.retrieve("web"), 0)

    assert [fdholder.cut(wire[:end]) for end in range(len(wire))] == [None] * len(wire)
    assert fdholder.cut(wire + b"L").rest == b"L"
    assert fdholder.cut(fdholder.pack(fdholder.GIVEN, 1)) == Message(b"\0", 1, b"")


@pytest.mark.parametrize("data", [b"HTTP/1.1 400 Bad", b"\xff" * 6, b"\0\0\0\0\0\0"])
def test_what_is_no_message(data):
    """A length that nobody means is an error at once: nobody waits for a gigabyte."""
    with pytest.raises(ValueError, match="message of"):
        fdholder.cut(data)


@pytest.mark.parametrize(
    "body", [b"", b"X", b"LL", b"R", b"R\0", b"R\0\3web", b"R\0\4web\0", b"R\2\3web\0", b"R\0\3we\0\0\0", b"R\0\1\xff\0"]
)
def test_what_is_no_question(body):
    """Anything else asks for nothing."""
    assert fdholder.question(body) is None


@pytest.mark.parametrize(
    "body", [b"", b"\0", b"\1\0\0\0\0", b"\0\0\0\0\1", b"\0\0\0\0\1web", b"\0\0\0\0\2web\0", b"\0\0\0\0\1\xff\0"]
)
def test_what_is_no_list(body):
    """A list whose count is not that of its names is none."""
    with pytest.raises(ValueError, match=r"not a list|codec"):
        fdholder.listing(body)


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0b"])
def test_names_nobody_has(name):
    """A name that the protocol has no room for is not asked for."""
    with pytest.raises(ValueError):
        fdholder.retrieve(name)


def test_refusals_are_errnos():
    """And never 0, which is no refusal."""
    assert fdholder.refused(errno.ENOENT) == b"\2"
    assert fdholder.refused(256) != b"\0"

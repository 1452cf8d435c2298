"""Files: which of them the kernel may send as they lie there, and what becomes of the response."""

import gzip
import io
import tempfile

import pytest

from adapter.gateway.file_wrapper import FileWrapper
from kit.calling import call

DATA = bytes(range(256)) * 300


@pytest.fixture
def path(tmp_path):
    """A file of DATA."""
    path = tmp_path / "data"
    path.write_bytes(DATA)
    return path


def app_of(file, headers=(), block=8192):
    """An application that returns this file."""

    def app(environ, start_response):
        start_response("200 OK", list(headers))
        return environ["wsgi.file_wrapper"](file, block)

    return app


def test_what_is_left_of_a_file_is_told(path):
    """From where the file stands to its end, also after some of it was read through a buffer."""
    with path.open("rb") as file:
        file.read(1000)
        part = FileWrapper(file).rest()
        assert part is not None
        assert (part.offset, part.size) == (1000, len(DATA) - 1000)


def test_what_only_looks_like_a_file_is_read(path):
    """A GzipFile has the descriptor of the compressed file; a pipe has no size; a BytesIO has neither."""
    with gzip.open(path.with_suffix(".gz"), "wb") as packed:
        packed.write(DATA)
    with gzip.open(path.with_suffix(".gz")) as unpacked, io.BufferedReader(unpacked) as buffered:
        assert FileWrapper(unpacked).rest() is None
        assert FileWrapper(buffered).rest() is None
    assert FileWrapper(io.BytesIO(DATA)).rest() is None


@pytest.mark.parametrize("kind", ["plain", "unbuffered", "temporary"])
def test_a_file_goes_out_unread_with_its_length(path, kind):
    """The kernel sends it: one order, nothing read, a Content-Length though the application gave none."""
    with tempfile.NamedTemporaryFile() as temporary:
        temporary.write(DATA)
        temporary.seek(0)
        with path.open("rb", buffering=0 if kind == "unbuffered" else -1) as plain:
            outcome = call(app_of(temporary if kind == "temporary" else plain), files=True)
    assert len(outcome.parts) == 1
    assert outcome.fields["Content-Length"] == str(len(DATA))
    assert outcome.content == DATA
    assert outcome.keep_alive


def test_the_content_length_that_was_told_holds(path):
    """A part of the file, as for a range; the rest is not sent, and told to the log as too much."""
    with path.open("rb") as file:
        outcome = call(app_of(file, [("Content-Length", "100")]), files=True)
    assert outcome.content == DATA[:100]
    assert "more bytes" in outcome.failures[0]


def test_a_file_that_is_shorter_than_was_told_ends_the_connection(path):
    """Only closing tells the client (RFC 9112 §8)."""
    with path.open("rb") as file:
        outcome = call(app_of(file, [("Content-Length", str(len(DATA) + 1))]), files=True)
    assert not outcome.keep_alive
    assert "less" in outcome.failures[0]


def test_head_sends_no_byte_of_it(path):
    """But its length."""
    with path.open("rb") as file:
        outcome = call(app_of(file), b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", files=True)
    assert outcome.parts == []
    assert outcome.content == b""
    assert outcome.fields["Content-Length"] == str(len(DATA))


def test_an_empty_file_is_an_empty_response(tmp_path):
    """There is nothing to send."""
    (tmp_path / "empty").touch()
    with (tmp_path / "empty").open("rb") as file:
        outcome = call(app_of(file), files=True)
    assert outcome.content == b""
    assert outcome.fields["Content-Length"] == "0"


def test_where_it_cannot_be_sent_it_is_read(path):
    """The same response in blocks: over inetd's pipes, or with no descriptor left."""
    with path.open("rb") as file:
        outcome = call(app_of(file, [("Content-Length", str(len(DATA)))]), files=False)
    assert outcome.content == DATA
    assert len(outcome.sends) > 2


def test_the_file_is_closed(path):
    """`close` of the wrapper is the file's (PEP 3333)."""
    file = path.open("rb")
    call(app_of(file), files=True)
    assert file.closed

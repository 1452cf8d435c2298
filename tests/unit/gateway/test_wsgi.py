"""PEP 3333, the server's side, sentence by sentence; no socket is needed for it."""

import io
import sys
import warnings
from wsgiref.validate import validator

import pytest

from kit.calling import call

OK = ("200 OK", [("Content-Type", "text/plain")])
HEAD = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"


class Closing:
    """An iterable that remembers how far it was read, and whether it was closed."""

    def __init__(self, *chunks, then=None, close_raises=None):
        self.chunks = chunks
        self.then = then
        self.close_raises = close_raises
        self.given = 0
        self.closed = 0

    def __iter__(self):
        for chunk in self.chunks:
            self.given += 1
            yield chunk
        if self.then is not None:
            raise self.then

    def close(self):
        self.closed += 1
        if self.close_raises is not None:
            raise self.close_raises


def giving(result, status=OK[0], headers=OK[1]):
    """An application that returns this."""

    def app(_environ, start_response):
        start_response(status, list(headers))
        return result

    return app


# The result


def test_one_block_goes_out_in_one_send_with_its_length():
    """A list of one block needs no chunks: head and content leave together."""
    outcome = call(giving([b"hello"]))
    assert len(outcome.sends) == 1
    assert (outcome.status, outcome.content) == ("200 OK", b"hello")
    assert outcome.fields["Content-Length"] == "5"
    assert outcome.keep_alive
    assert outcome.failures == []


@pytest.mark.parametrize("result", [[b"he", b"", b"llo"], (b"hello",), [b"hello", b""]])
def test_any_list_or_tuple_has_a_length(result):
    """All blocks of a list are there already, so their length is known."""
    outcome = call(giving(result))
    assert (outcome.fields["Content-Length"], outcome.content) == ("5", b"hello")
    assert len(outcome.sends) == 1


@pytest.mark.parametrize("result", [[], (), [b""], iter([]), iter([b"", b""]), Closing()])
def test_an_empty_result_has_a_head(result):
    """Without any content the head goes out at the end, with length 0."""
    outcome = call(giving(result))
    assert (outcome.status, outcome.fields["Content-Length"], outcome.content) == ("200 OK", "0", b"")
    assert outcome.keep_alive


def test_each_block_is_sent_before_the_next_is_asked_for():
    """No block is delayed (PEP 3333, "Buffering and Streaming"), and the head travels with the first."""
    seen = []
    result = Closing(b"one", b"two")
    outcome = call(giving(result), on_send=lambda data: seen.append((result.given, data[-5:])))
    assert seen == [(1, b"one\r\n"), (2, b"two\r\n"), (2, b"0\r\n\r\n")]
    assert outcome.content == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    assert result.closed == 1


def test_the_head_waits_for_content():
    """start_response sends nothing: the application may still change its mind (PEP 3333)."""
    sends = []

    def app(_environ, start_response):
        start_response(*OK)
        sends.append(len(outcome_sends))
        yield b""
        sends.append(len(outcome_sends))
        yield b"x"
        sends.append(len(outcome_sends))

    outcome_sends = []
    call(app, on_send=outcome_sends.append)
    assert sends == [0, 0, 1]


def test_start_response_may_be_called_by_the_first_step_of_the_iterator():
    """A generator calls start_response only when iterated (PEP 3333)."""

    def app(_environ, start_response):
        start_response(*OK)
        yield b"x"

    assert call(app).status == "200 OK"


def test_a_known_length_streams_unchunked():
    """With the application's Content-Length blocks go out bare."""
    outcome = call(giving(Closing(b"he", b"llo"), headers=[("Content-Length", "5")]))
    assert outcome.content == b"hello"
    assert outcome.sends[1:] == [b"llo"]


def test_an_old_client_streams_until_close():
    """HTTP/1.0 without a length ends by closing; with a list it need not."""
    assert not call(giving(Closing(b"x")), OLD).keep_alive
    assert call(giving([b"x"]), OLD).keep_alive


@pytest.mark.parametrize("extra", [b"!", b"!!!!"])
def test_more_than_the_content_length_is_never_sent(extra):
    """We stop at the Content-Length (PEP 3333), say so, and the response is whole."""
    for result in (Closing(b"hello", extra, b"more"), Closing(b"hello" + extra, b"more"), [b"hello" + extra]):
        outcome = call(giving(result, headers=[("Content-Length", "5")]))
        assert outcome.content == b"hello"
        assert outcome.failures == ["the application gave more bytes than its Content-Length says"]
        assert outcome.keep_alive


def test_less_than_the_content_length_closes():
    """A response cut short is reported, and the connection ends."""
    outcome = call(giving([b"abc"], headers=[("Content-Length", "5")]))
    assert outcome.content == b"abc"
    assert outcome.failures == ["the application gave 2 bytes less than its Content-Length says"]
    assert not outcome.keep_alive


def test_head_is_answered_without_content():
    """HEAD: the same head, no content; an endless stream is not followed."""

    def endless():
        while True:
            yield b"x"

    assert call(giving([b"hello"]), HEAD).fields["Content-Length"] == "5"
    for result in ([b"hello"], [], endless()):
        outcome = call(giving(result), HEAD)
        assert outcome.content == b""
        assert outcome.keep_alive
        assert outcome.failures == []


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_statuses_without_content(status):
    """204 and 304 carry none even if the application gives some."""
    result = Closing(b"x", b"y")
    outcome = call(giving(result, status=status, headers=[]))
    assert (outcome.content, outcome.keep_alive, result.closed) == (b"", True, 1)
    assert "Transfer-Encoding" not in outcome.fields


# The write callable


def test_write_and_the_result_come_in_their_order():
    """What `write` got comes first, then the result (PEP 3333, "The write() Callable")."""

    def app(_environ, start_response):
        write = start_response(*OK)
        write(b"")
        write(b"one")
        write(b"two")
        return [b"three"]

    outcome = call(app)
    assert outcome.content == b"3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"
    assert len(outcome.sends) == 3, "the end travels with the last block"


def test_write_past_the_content_length_raises_in_the_application():
    """`write` raises where the application can see it; nothing beyond is sent."""
    raised = []

    def app(_environ, start_response):
        write = start_response("200 OK", [("Content-Length", "3")])
        write(b"abc")
        with pytest.raises(ValueError, match="more than the Content-Length") as error:
            write(b"d")
        raised.append(error)
        return []

    assert call(app).content == b"abc"
    assert raised


def test_the_first_write_past_the_content_length_is_a_500():
    """Nothing had been sent, so the client gets a whole answer instead of a broken one."""

    def app(_environ, start_response):
        start_response("200 OK", [("Content-Length", "3")])(b"abcd")
        return []

    outcome = call(app)
    assert outcome.status == "500 Internal Server Error"
    assert outcome.fields["Content-Length"] == str(len(outcome.content))


# start_response


def test_exc_info_replaces_what_was_not_sent():
    """An error handler may start anew as long as no head has gone out (PEP 3333, "The start_response() Callable")."""

    def app(_environ, start_response):
        start_response(*OK)
        try:
            raise KeyError("x")
        except KeyError:
            start_response("503 Sorry", [("X", "y")], sys.exc_info())
        return [b"sorry"]

    outcome = call(app)
    assert (outcome.status, outcome.fields["X"], outcome.content) == ("503 Sorry", "y", b"sorry")
    assert "Content-Type" not in outcome.fields
    assert outcome.failures == []


def test_exc_info_after_the_head_raises_it_again():
    """Too late to start anew: the application's own exception comes back, and the connection ends."""

    def app(_environ, start_response):
        start_response(*OK)
        yield b"x"
        try:
            raise KeyError("lost")
        except KeyError:
            start_response("500 Oh", [], sys.exc_info())
        yield b"never"

    outcome = call(app)
    assert outcome.content == b"1\r\nx\r\n"
    assert "KeyError: 'lost'" in outcome.failures[0]
    assert not outcome.keep_alive


def test_start_response_twice_is_an_error():
    """Without exc_info a second call is a fault of the application (PEP 3333)."""

    def app(_environ, start_response):
        start_response(*OK)
        start_response(*OK)
        return []

    outcome = call(app)
    assert outcome.status == "500 Internal Server Error"
    assert "start_response was called again" in outcome.failures[0]


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        ("200 OK\r\nX: y", [], "status"),
        ("200 OK", [("X", "y\r\nZ: a")], "X"),
        ("200 OK", [("Connection", "close")], "Connection"),
    ],
)
def test_a_bad_head_is_refused_where_it_was_given(status, headers, said):
    """The traceback points at the application's call of start_response; the client gets a 500."""
    outcome = call(giving([b"x"], status=status, headers=headers))
    assert outcome.status == "500 Internal Server Error"
    assert said in outcome.failures[0]
    assert "start_response(status, list(headers))" in outcome.failures[0]
    assert "Z:" not in outcome.data.decode()


def test_headers_are_read_when_given():
    """What the application does to its list afterwards changes nothing."""
    headers = [("X", "y")]

    def app(_environ, start_response):
        start_response("200 OK", headers)
        headers.append(("Z", "\r\n"))
        return [b"x"]

    assert call(app).fields["X"] == "y"


# Failures


def failing(error):
    def app(_environ, _start_response):
        raise error

    return app


@pytest.mark.parametrize(
    "error", [ValueError("boom"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), BaseException("b")], ids=repr
)
def test_a_failure_before_anything_was_sent_is_a_500(error):
    """Whatever an application raises ends its request, not the server; the log gets the traceback, the client does not."""
    outcome = call(failing(error))
    assert outcome.status == "500 Internal Server Error"
    assert outcome.fields["Content-Length"] == str(len(outcome.content))
    assert "boom" not in outcome.data.decode()
    assert type(error).__name__ in outcome.failures[0]
    assert outcome.keep_alive


def test_the_traceback_begins_in_the_application():
    """The server's own frames above the application's tell nobody anything."""
    frames = [line for line in call(failing(ValueError("boom"))).failures[0].splitlines() if line.startswith("  File")]
    assert len(frames) == 1
    assert "test_wsgi.py" in frames[0]


def test_a_failure_in_the_first_step_is_a_500():
    """start_response was called, nothing sent: still time for a 500; the response it announced is forgotten."""
    result = Closing(then=ValueError("boom"))
    outcome = call(giving(result, headers=[("Content-Length", "100")]))
    assert outcome.status == "500 Internal Server Error"
    assert outcome.fields["Content-Length"] == str(len(outcome.content))
    assert result.closed == 1
    assert outcome.keep_alive


def test_a_failure_after_the_head_closes():
    """A response that broke off is never ended as if it were whole."""
    result = Closing(b"x", then=ValueError("boom"))
    outcome = call(giving(result))
    assert outcome.content == b"1\r\nx\r\n"
    assert not outcome.keep_alive
    assert "boom" in outcome.failures[0]
    assert result.closed == 1


def test_a_500_to_head_has_no_content():
    """The error response is framed as any other."""
    outcome = call(failing(ValueError()), HEAD)
    assert (outcome.status, outcome.content) == ("500 Internal Server Error", b"")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "returned NoneType, not an iterable of bytes"),
        (5, "returned int, not an iterable of bytes"),
        ("text", "gave str as content, not bytes"),
        (b"bytes", "gave int as content, not bytes"),
        ([b"a", "b"], "gave str as content, not bytes"),
        ([bytearray(b"a")], "gave bytearray as content, not bytes"),
        ({"a": 1}, "gave str as content, not bytes"),
    ],
)
def test_a_result_of_the_wrong_type(result, said):
    """The log says in a sentence what the application gave instead of bytes."""
    outcome = call(giving(result))
    assert outcome.status == "500 Internal Server Error"
    assert said in outcome.failures[0]


@pytest.mark.parametrize("result", [[], [b"x"], iter([b"x"])])
def test_start_response_never_called(result):
    """Content, or its end, before start_response is a fault of the application."""
    outcome = call(lambda _environ, _start_response: result)
    assert outcome.status == "500 Internal Server Error"
    assert "start_response" in outcome.failures[0]


def test_close_is_called_when_the_application_never_started():
    """The result is closed whatever went wrong (PEP 3333, "Specification Details")."""
    result = Closing(b"x")
    call(lambda _environ, _start_response: result)
    assert result.closed == 1


def test_a_failing_close_is_told():
    """The response was whole; the log learns of it, and the connection ends to be safe."""
    outcome = call(giving(Closing(b"x", close_raises=ValueError("late"))))
    assert outcome.content == b"1\r\nx\r\n0\r\n\r\n"
    assert "late" in outcome.failures[0]
    assert not outcome.keep_alive


# A client that leaves


@pytest.mark.parametrize("sent", [0, 1])
def test_a_client_that_left_ends_the_iteration(sent):
    """Nothing more is asked of the application, close is called, and it is no failure."""
    result = Closing(*[b"x"] * 10)
    outcome = call(giving(result), gone_after=sent)
    assert result.given == sent + 1
    assert result.closed == 1
    assert outcome.failures == []
    assert not outcome.keep_alive


def test_a_client_that_left_is_told_to_write():
    """ClientGone comes out of `write`; an application that swallows it cannot keep the connection."""

    def app(_environ, start_response):
        write = start_response(*OK)
        with pytest.raises(ConnectionError):
            write(b"x")
        return []

    outcome = call(app, gone_after=0)
    assert not outcome.keep_alive


def test_a_client_that_left_before_a_500():
    """The failure is still told once."""
    outcome = call(failing(ValueError("boom")), gone_after=0)
    assert len(outcome.failures) == 1
    assert not outcome.keep_alive


# wsgi.file_wrapper


def test_file_wrapper_sends_the_file_and_closes_it():
    """Blocks of the asked size, from where the file stands; then close."""
    file = io.BytesIO(b"0123456789")
    file.seek(2)

    def app(environ, start_response):
        start_response(*OK)
        return environ["wsgi.file_wrapper"](file, 3)

    assert call(app).content == b"3\r\n234\r\n3\r\n567\r\n2\r\n89\r\n0\r\n\r\n"
    assert file.closed


def test_file_wrapper_needs_only_read():
    """An object without `close` will do (PEP 3333, "Optional Platform-Specific File Handling")."""

    class Source:
        left = 2

        def read(self, _size):
            self.left -= 1
            return b"x" if self.left >= 0 else b""

    def app(environ, start_response):
        start_response(*OK)
        return environ["wsgi.file_wrapper"](Source())

    outcome = call(app)
    assert outcome.content == b"1\r\nx\r\n1\r\nx\r\n0\r\n\r\n"
    assert outcome.failures == []


# The standard library's judge


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /a%20b?c=d HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /p HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\none\ntwo\nend",
        b"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\none\ntwo\nend\r\n0\r\n\r\n",
    ],
)
def test_wsgiref_validate_finds_nothing(raw):
    """The validator of the standard library stands between us and an application that uses all of the protocol."""

    def app(environ, start_response):
        source = environ["wsgi.input"]
        lines = [source.readline(), source.read(2), *source]
        environ["wsgi.errors"].flush()
        assert environ["PATH_INFO"] in {"/a b", "/", "", "/p"}
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"written,")
        return iter([b"".join(lines), b"done"])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        outcome = call(validator(app), raw)
    assert outcome.failures == []
    assert outcome.status == "200 OK"
    assert outcome.content == b"" or b"done" in outcome.content

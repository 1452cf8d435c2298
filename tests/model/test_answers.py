"""Whatever an application gives as status and headers: refused, or read by every client as just that, and nothing else."""

import h11
import httptools
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kit.http1 import answer

_ODD = st.sampled_from([*'\r\n\t\0\x0b\x7f :;,"\\\x85\xa0\xe9\u010a\u560d\u560a\u2028\u20ac_-', "\r\n", "\r\n\r\n", "\r\nX: y"])
_TEXT = st.lists(st.one_of(st.sampled_from("aB1-"), _ODD), max_size=6).map("".join)
_NAMES = st.one_of(st.sampled_from(["X", "Set-Cookie", "Date", "Content-Type", "x_y", "Content-Length", "Connection"]), _TEXT)
_STATUSES = st.one_of(st.sampled_from(["200 OK", "404 Not Found", "299", "500 "]), _TEXT.map(lambda text: "200 " + text), _TEXT)
_OURS = {"content-length", "date"}


class _Read:
    """What llhttp reads of a response."""

    def __init__(self, data: bytes) -> None:
        self.fields: list[tuple[str, str]] = []
        self.reason = b""
        self.ends = 0
        parser = httptools.HttpResponseParser(self)
        parser.feed_data(data)
        self.status = parser.get_status_code()

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))

    def on_message_complete(self) -> None:
        self.ends += 1


def _h11(data: bytes) -> tuple[int, str, list[tuple[str, str]]]:
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "a")]))
    client.send(h11.EndOfMessage())
    client.receive_data(data)
    head = client.next_event()
    assert isinstance(head, h11.Response)
    assert isinstance(client.next_event(), h11.EndOfMessage)
    assert client.trailing_data == (b"", False)
    fields = [(name.decode("latin-1"), value.decode("latin-1").strip(" \t")) for name, value in head.headers]
    return head.status_code, bytes(head.reason).decode("latin-1"), fields


@settings(max_examples=250, deadline=None)
@given(status=_STATUSES, headers=st.lists(st.tuples(_NAMES, _TEXT), max_size=4))
@example(status="200 OK", headers=[("X", "y\r\n\r\nHTTP/1.1 200 OK")])
@example(status="200 a\x85b", headers=[("X", "\xa0y\xa0")])
def test_an_answer_is_read_as_it_was_given(status: str, headers: list[tuple[str, str]]) -> None:
    """One response comes out, with this status, these fields in this order, and besides them only our own; or a ValueError."""
    given_fields = [(name.lower(), value.strip(" \t")) for name, value in headers if name.lower() != "content-length"]
    try:
        data = answer(status, [*headers, ("Content-Length", "0")])
    except ValueError:
        return
    read = _Read(data)
    theirs = [field for field in read.fields if field[0] not in _OURS or field in given_fields]

    assert read.ends == 1
    assert (read.status, read.reason) == (int(status[:3]), status[4:].encode("latin-1"))
    assert theirs == given_fields
    assert _h11(data)[0] == int(status[:3])
    assert [field for field in _h11(data)[2] if field[0] not in _OURS or field in given_fields] == given_fields

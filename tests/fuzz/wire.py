"""What front ends and balancers send, for the fuzzer: packets of the uwsgi protocol, headers of the PROXY protocol."""

from collections.abc import Hashable, Iterator
from random import Random

from adapter.protocols import proxy
from adapter.protocols.http1.events import END, Event, Head, Refusal
from adapter.protocols.uwsgi.receiving import Receiver
from fuzz.engine import Target
from kit import packets, proxied

_OPEN = ("HTTP_", "wsgi.url_scheme")
"""Names that may have a dot: the client's fields, and ours."""


class Uwsgi(Target):
    """The receiving side of `adapter.protocols.uwsgi`, with small limits."""

    name = "uwsgi"
    code = ("adapter/protocols/uwsgi/",)
    seeds = tuple(case.raw for case in (*packets.GOOD, *packets.BAD) if len(case.raw) < 2000)
    tokens = tuple({word for pair in packets.LEAST.items() for word in packets.block((pair,)).split(b"\0")} | {
        b"\0", b"\1\0", b"\0\0\0\0", b"\xff\xff", b"UWSGI_FILE", b"wsgi.", b"HTTP_X", b"HTTPS", b"on", b"5", b"-1", b"chunked",
        packets.block(((b"CONTENT_LENGTH", b"5"),)), packets.block(((b"HTTP_X", b"y"),)), packets.block(((b"UWSGI_SCHEME", b"https"),)),
    } - {b""})  # fmt: skip

    def run(self, data: bytes) -> Iterator[Hashable]:
        events, midway = _read([data])
        kinds: list[Hashable] = [(midway, len(events))]
        for event in events:
            kinds.append(event.reason if isinstance(event, Refusal) else type(event).__name__)
            if isinstance(event, Head):
                kinds += sorted(event.variables)
        return iter(kinds)

    def judge(self, data: bytes, random: Random) -> None:
        whole = _read([data])
        for _ in range(3):
            places = sorted(random.randrange(len(data) + 1) for _ in range(random.choice((1, 2, 5))))
            pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
            assert _read(pieces) == whole, f"cuts change it: {pieces}"
        head = Receiver(packets.SMALL).whole(data)
        assert head is None or whole == ([head, END], False), "it is another when it comes whole"
        for event in whole[0]:
            if isinstance(event, Head):
                _check_variables(event)


class Proxy(Target):
    """`adapter.protocols.proxy`."""

    name = "proxy"
    code = ("adapter/protocols/proxy",)
    seeds = tuple(case.raw for case in (*proxied.GOOD, *proxied.BAD) if len(case.raw) < 2000)
    tokens = (b"PROXY ", b"TCP4 ", b"TCP6 ", b"UNKNOWN", b" ", b"\r\n", b"\n", b"::1", b"0.0.0.0 ", b"65535", b"65536", b"\0", b"\x20",
              b"\x21", b"\x11", b"\x31", proxied.SIGNATURE, proxied.tlv(3, bytes(4)), proxied.tlv(0x20, b"\1\0\0\0\0"), b"%", b"-")  # fmt: skip

    def run(self, data: bytes) -> Iterator[Hashable]:
        found = proxy.read(data)
        if isinstance(found, proxy.Announced):
            return iter([(found.client is None, found.server is None, found.secure, min(found.size, 60))])
        return iter([found])

    def judge(self, data: bytes, random: Random) -> None:
        whole = proxy.read(data)
        before = proxy.read(data[: random.randrange(len(data) + 1)])
        assert before is None or before == whole, "it was decided otherwise before"
        if isinstance(whole, proxy.Announced):
            assert 0 < whole.size <= min(len(data), proxy.LONGEST), "the header ends where nothing is"
            assert proxy.read(data[: whole.size]) == whole, "what follows changes it"
            for host, port in filter(None, (whole.client, whole.server)):
                assert set(host) <= set("0123456789abcdef:."), "an address has other characters"
                assert port == "" or str(int(port)) == port, "a port is no number"


def _read(pieces: list[bytes]) -> tuple[list[Event], bool]:
    """The events, with content that touches joined; and whether the request is open in the end."""
    receiver = Receiver(packets.SMALL)
    events: list[Event] = []
    for piece in pieces:
        for event in receiver.feed(piece):
            if isinstance(event, bytes) and isinstance(events[-1], bytes):
                events[-1] += event
            else:
                events.append(event)
    return events, receiver.midway


def _check_variables(head: Head) -> None:
    """Nothing that loads, nothing that is ours, only text; no line end where a line could be forged."""
    assert (head.keep_alive, head.expect_continue, head.version) == (False, False, "HTTP/1.0")
    for name, value in head.variables.items():
        assert isinstance(value, str), f"{name} is no str"
        assert name.isascii() and name.isprintable() and name and " " not in name, f"variable {name!r}"
        assert not name.startswith("UWSGI_") and name != "HTTP_PROXY", f"variable {name}"
        assert "." not in name or name.startswith(_OPEN), f"variable {name}"
        assert "\0" not in value, f"a NUL in {name}"
        assert not name.startswith("HTTP_") or not any(c < " " and c != "\t" for c in value), f"a control in {name}"
    assert head.variables["wsgi.url_scheme"] in {"http", "https"}

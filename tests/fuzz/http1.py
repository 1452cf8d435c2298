"""HTTP/1.1 as a client sends it, for the fuzzer. Each `_check` is an invariant; its docstring is the sentence."""

import re
from collections.abc import Hashable, Iterator
from random import Random

from fuzz.engine import Target
from fuzz.held import held
from kit.cases import GET, ROOT, SMALL
from kit.corpus import CASES
from kit.http1 import Reader, Reading, one_by_one, read
from kit.opinions import OTHERS, disagreement

_WORDS = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b": ",
        b":",
        b" ",
        b"\t",
        b";",
        b",",
        b"=",
        b'"',
        b"\\",
        b"_",
        b"-",
        b"%",
        b"\x00",
        b"\x0b",
        b"\x7f",
    ),
    *(
        b"\xe9",
        b"\xa0",
        b"\x85",
        b"HTTP/1.1",
        b"HTTP/1.0",
        b"GET",
        b"HEAD",
        b"POST",
        b"OPTIONS",
        b"CONNECT",
        b"PRI",
        b"/",
        b"*",
        b"?",
        b"#",
        b"@",
    ),
    *(
        b"http://",
        b"https://b:80/",
        b"[::1]",
        b"%00",
        b"%2f",
        b"chunked",
        b"identity",
        b"gzip, ",
        b"close",
        b"keep-alive",
        b"100-continue",
    ),
    *(
        b"Host: b\r\n",
        b"Host:\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 0\r\n",
        b"Content_Length: 5\r\n",
        b"X_Y: z\r\n",
        b"X-Y: z\r\n",
    ),
    *(
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: x\r\n",
        b"Connection: close\r\n",
        b"Connection: keep-alive\r\n",
        b"Upgrade: h2c\r\n",
    ),
    *(
        b"Connection: Upgrade\r\n",
        b"Expect: 100-continue\r\n",
        b"Proxy: x\r\n",
        b"Cookie: a\r\n",
        b"Content-Type: a\r\n",
        b"\r\n ",
        b"0\r\n\r\n",
    ),
    *(
        b"1\r\nx\r\n",
        b"5\r\nhello\r\n",
        b";a=b",
        b';a="b"',
        b" ;a",
        b"0\r\nX: y\r\n\r\n",
        GET,
        b"POST / HTTP/1.1\r\nHost: a\r\n",
        b"x" * 70,
    ),
)
_CLASSES = (
    *(
        (rb"\r", "r"),
        (rb"\n", "n"),
        (rb" ", "s"),
        (rb"\t", "t"),
        (rb":", ":"),
        (rb"[0-9]", "9"),
        (rb"[A-Za-z]", "a"),
        (rb"[;=,\"\\]", ";"),
    ),
    *((rb"[\x00-\x1f\x7f]", "c"), (rb"[\x80-\xff]", "h"), (rb"[/?*#@%\[\]]", "/")),
)
_CLASS = {byte: next((name for pattern, name in _CLASSES if re.match(pattern, bytes([byte]))), ".") for byte in range(256)}
_SPACED = re.compile(rb"[0-9A-Fa-f][ \t]+;|;[ \t]+|[ \t]+[;=]|=[ \t]+")
_STRICTER = {
    "llhttp": re.compile(
        r"refuses: (Invalid method encountered|Expected space after method|Expected HTTP/2 Connection Preface|Expected SOURCE method|Data after `Connection: close`)"
    ),
    "h11": re.compile(r"refuses: no request line received|ends the connection"),
}
"""Why they refuse what we take; the corpus has each (tests/model/test_second_opinions.py)."""
_OWN = {
    *(
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "PATH_INFO",
        "QUERY_STRING",
        "REQUEST_URI",
        "RAW_URI",
        "SERVER_PROTOCOL",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
    ),
}
_OVERHEAD = 4096
"""Bytes that a receiver may hold beyond the limits: an unfinished chunk line and small change."""


class Http1(Target):
    """The receiving side of `adapter.protocols.http1`, with small limits."""

    name = "http1"
    code = ("adapter/protocols/http1/", "adapter/protocols/cgi")
    seeds = tuple(case.raw for case in CASES)
    tokens = _WORDS

    def run(self, data: bytes) -> Iterator[Hashable]:
        reading = read([data], SMALL)
        reason = reading.refusal.reason if reading.refusal else ""
        kinds: list[Hashable] = [(reason, len(reading.requests), reading.midway)]
        kinds += [(asked.keep_alive, asked.expect, bool(asked.body), *sorted(asked.variables)[:4]) for asked in reading.requests]
        kinds += [(reason, _CLASS[first], _CLASS[second]) for first, second in zip(data[-40:], data[-39:], strict=False)]
        return iter(kinds)

    def judge(self, data: bytes, random: Random) -> None:
        reading = read([data], SMALL)
        _check_cuts(data, reading, random)
        _check_repeats(data)
        _check_memory(data)
        _check_what_follows(data, reading)
        _check_end(data, reading)
        _check_variables(reading)
        _check_opinions(data, reading)


def _check_cuts(data: bytes, reading: Reading, random: Random) -> None:
    """The same bytes in any pieces, also handed from worker to worker, come to the same; nothing but a refusal tells of bad input."""
    for _ in range(2):
        places = sorted(random.randrange(len(data) + 1) for _ in range(random.choice((1, 1, 2, 5))))
        pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
        assert read(pieces, SMALL) == reading, f"cuts change it: {pieces}"
        assert read(pieces, SMALL, handed_over=True) == reading, f"handed over it is another: {pieces}"
    assert read(one_by_one(data), SMALL) == reading, "byte by byte it is another"


def _check_repeats(data: bytes) -> None:
    """What came before with the same fields changes nothing; the reader holds the short way against the long one."""
    fields = data[data.find(b"\r\n") :]
    for line in (b"GET / HTTP/1.1", b"OPTIONS * HTTP/1.0", b"GET http://b/c HTTP/1.1"):
        read([line + fields, data, b"GET /a?b HTTP/1.1" + fields], SMALL)


def _check_memory(data: bytes) -> None:
    """What a receiver holds is bounded by the limits, whatever has come."""
    reader = Reader(SMALL)
    most = SMALL.request_line + SMALL.header_bytes + _OVERHEAD
    for piece in [data[at : at + 50] for at in range(0, len(data), 50)] + [data[-50:]] * 2:
        reader.feed(piece)
        size = held(reader.receiver)
        assert size <= most, f"{size} bytes are held"


def _check_what_follows(data: bytes, reading: Reading) -> None:
    """After a whole message the next one is read; after a refusal nothing is; and neither changes what came before."""
    if reading.midway:
        return
    after = read([data + GET], SMALL)
    if reading.refusal:
        assert after == reading, "what follows a refusal changes it"
    elif data.endswith(b"\r") or not data:
        return
    else:
        assert after.requests[: len(reading.requests)] == reading.requests, "what follows changes what came before"
        assert after.requests[len(reading.requests) :] == (ROOT,), "the next request is not read"


def _check_end(data: bytes, reading: Reading) -> None:
    """The end of the connection refuses an open message, and only that."""
    reader = Reader(SMALL)
    reader.feed(data)
    assert (reader.receiver.eof() is not None) == reading.midway, "`eof` and `midway` differ"


def _check_variables(reading: Reading) -> None:
    """No variable but those of RFC 3875 and HTTP_*, none that a client may not set, and no line end in any but the path."""
    for asked in (*reading.requests, *((reading.partial,) if reading.partial else ())):
        for name, value in asked.variables.items():
            assert name in _OWN or name.startswith("HTTP_"), f"variable {name}"
            assert not re.search(r"[a-z\s:-]", name), f"variable {name}"
            assert name != "HTTP_PROXY", "Proxy is passed on"
            assert isinstance(value, str), f"{name} is no str"
            value.encode("latin-1")
            assert name == "PATH_INFO" or not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value), f"a control in {name}"
            assert value == value.strip(" \t") or name == "PATH_INFO", f"blanks around {name}"
        assert ("CONTENT_LENGTH" in asked.variables) <= ("HTTP_TRANSFER_ENCODING" not in asked.variables), "two lengths"


def _check_opinions(data: bytes, reading: Reading) -> None:
    """Never two readings: what we take, llhttp and h11 read the same way, or refuse for one of the few reasons that we know."""
    for who, ask in OTHERS.items():
        how = disagreement(reading, ask(data))
        if how is None or _STRICTER[who].match(how) or (how.startswith("refuses") and _SPACED.search(data)):
            continue
        raise AssertionError(f"{who} {how}")

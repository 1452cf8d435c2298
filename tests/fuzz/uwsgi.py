"""The uwsgi protocol as a front end sends it, for the fuzzer. Each `_check` is an invariant; its docstring is the sentence."""

import re
from collections.abc import Hashable, Iterator
from random import Random

from adapter.protocols.http1.limits import Limits
from adapter.protocols.uwsgi.receiving import Receiver
from fuzz.engine import Target
from fuzz.held import held
from kit.http1 import Reader, Reading, one_by_one
from kit.packets import BAD, GOOD

_LIMITS = Limits(request_line=64, header_count=6, header_bytes=256, body=64)
_MOST = 4 + 65535 + 4096
_READABLE = b"+"
_WORDS = (
    *(
        b"\x00\x00",
        b"\xff\xff",
        b"\x01\x00",
        b"\x00",
        b"\r\n",
        b"\n",
        b" ",
        b"%2f",
        b"%00",
        b"/",
        b"?",
        b"=",
        b".",
        b"_",
        b"-",
        b"\xe9",
        b"\x7f",
    ),
    *(
        b"REQUEST_METHOD=GET\r\n",
        b"REQUEST_URI=/a?b\r\n",
        b"PATH_INFO=/a\r\n",
        b"QUERY_STRING=b\r\n",
        b"CONTENT_LENGTH=5\r\n",
        b"SCRIPT_NAME=/x\r\n",
    ),
    *(
        b"HTTP_CONTENT_LENGTH=5\r\n",
        b"HTTP_TRANSFER_ENCODING=chunked\r\n",
        b"HTTP_HOST=a\r\n",
        b"HTTP_PROXY=x\r\n",
        b"HTTP_COOKIE=a\r\n",
    ),
    *(
        b"UWSGI_FILE=/x\r\n",
        b"UWSGI_SCHEME=https\r\n",
        b"HTTPS=on\r\n",
        b"wsgi.input=x\r\n",
        b"REMOTE_ADDR=unix:\r\n",
        b"SERVER_NAME=\r\n",
    ),
    *(b"SERVER_PROTOCOL=HTTP/2.0\r\n", b"CONTENT_TYPE=a\r\n", b"HTTP_CONTENT_TYPE=b\r\n", b"hello"),
)


def packed(data: bytes) -> bytes:
    """The bytes that an input stands for."""
    if data[:1] != _READABLE:
        return data
    lines, _, body = data[1:].partition(b"\r\n\r\n")
    pairs = [line.partition(b"=")[::2] for line in lines.split(b"\r\n")]
    block = b"".join(len(word).to_bytes(2, "little") + word for pair in pairs for word in pair)
    return b"\x00" + len(block).to_bytes(2, "little") + b"\x00" + block + body


def as_lines(raw: bytes) -> bytes:
    """The input that stands for this packet, as far as it can be read."""
    size = int.from_bytes(raw[1:3], "little")
    pairs = pairs_of(raw[4 : 4 + size]) or []
    return _READABLE + b"\r\n".join(name + b"=" + value for name, value in pairs) + b"\r\n\r\n" + raw[4 + size :]


def pairs_of(block: bytes) -> list[tuple[bytes, bytes]] | None:
    """The pairs of a block of variables, read once more and otherwise than by us; None when it is no such block."""
    words = []
    while block:
        size = int.from_bytes(block[:2], "little")
        word, block = block[2 : 2 + size], (block[2 + size :] if len(block) >= 2 + size else None)
        if block is None:
            return None
        words.append(word)
    return None if len(words) % 2 else list(zip(words[::2], words[1::2], strict=True))


class Uwsgi(Target):
    """The receiving side of `adapter.protocols.uwsgi`.

    An input that begins with `+` is lines `NAME=value`, an empty one, and content, and is made a packet: so lines can be changed
    without breaking all that is around them. Any other is the bytes themselves.
    """

    name = "uwsgi"
    code = ("adapter/protocols/uwsgi/",)
    seeds = tuple(form for case in (*GOOD, *BAD) for form in (case.raw, as_lines(case.raw)))
    tokens = _WORDS

    def run(self, data: bytes) -> Iterator[Hashable]:
        reading = _read([packed(data)])
        reason = re.sub(r"\d+", "", reading.refusal.reason) if reading.refusal else ""
        kinds: list[Hashable] = [(reason, len(reading.requests), reading.midway)]
        kinds += [name for asked in reading.requests for name in asked.variables if len(name) < 24]
        return iter(kinds)

    def judge(self, data: bytes, random: Random) -> None:
        raw = packed(data)
        reading = _read([raw])
        _check_cuts(raw, reading, random)
        _check_memory(raw)
        _check_end(raw, reading)
        _check_variables(reading)
        _check_said(raw, reading)


def _read(pieces: list[bytes], *, handed_over: bool = False) -> Reading:
    reader = Reader(_LIMITS, Receiver(_LIMITS))
    for piece in pieces:
        reader.feed(piece)
        if handed_over:
            reader.hand_over()
    return reader.reading()


def _check_cuts(raw: bytes, reading: Reading, random: Random) -> None:
    """The same bytes in any pieces come to the same one request or refusal, and nothing comes after it."""
    at = random.randrange(len(raw) + 1)
    assert _read([raw[:at], raw[at:]]) == reading, f"cut at {at} it is another"
    assert _read([raw[:at], raw[at:]], handed_over=True) == reading, f"handed over at {at} it is another"
    assert _read(one_by_one(raw)) == reading, "byte by byte it is another"
    assert len(reading.requests) + bool(reading.refusal) + bool(reading.partial) <= 1, "more than one outcome"
    if not reading.midway and raw:
        assert _read([raw + raw]) == reading, "what follows changes it"


def _check_memory(raw: bytes) -> None:
    """What a receiver holds is bounded by the longest packet."""
    reader = Reader(_LIMITS, Receiver(_LIMITS))
    reader.feed(raw)
    reader.feed(raw)
    assert held(reader.receiver) <= _MOST, "too much is held"


def _check_end(raw: bytes, reading: Reading) -> None:
    """The end of the connection refuses an open request, and only that."""
    reader = Reader(_LIMITS, Receiver(_LIMITS))
    reader.feed(raw)
    assert (reader.receiver.eof() is not None) == reading.midway, "`eof` and `midway` differ"


def _check_variables(reading: Reading) -> None:
    """Nothing that loads code, that only a server may say, or that poses as another field, reaches the application."""
    for asked in reading.requests:
        said = asked.variables
        assert all(name and name.isascii() and name.isprintable() and " " not in name for name in said)
        assert (asked.version, asked.expect) == ("HTTP/1.0", False)
        assert [name for name in said if name.startswith("UWSGI_")] == []
        assert [name for name in said if "." in name and not name.startswith("HTTP_")] in ([], ["wsgi.url_scheme"])
        assert not said.keys() & {"HTTP_PROXY", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE"}
        assert int(said.get("CONTENT_LENGTH", "0")) == len(asked.body)
        assert said["wsgi.url_scheme"] in {"http", "https"}
        assert not re.search(
            r"[\x00-\x08\x0a-\x1f\x7f]", "".join(value for name, value in said.items() if name.startswith("HTTP_"))
        )
        assert not asked.keep_alive
        for name, value in said.items():
            assert "\x00" not in value or name == "PATH_INFO"
            value.encode("latin-1")


def _check_said(raw: bytes, reading: Reading) -> None:
    """Never two readings: a packet that we take is one, and each variable is what the packet says of it."""
    if not reading.requests:
        return
    size = int.from_bytes(raw[1:3], "little")
    pairs = pairs_of(raw[4 : 4 + size])
    assert (raw[0], raw[3]) == (0, 0)
    assert pairs is not None, "no packet"
    assert raw[4 + size :].startswith(reading.requests[0].body)
    for name, value in reading.requests[0].variables.items():
        given = [text.decode("latin-1") for word, text in pairs if word == name.encode("latin-1")]
        if (
            given
            and given[-1]
            and name not in {"CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "REMOTE_PORT", "wsgi.url_scheme"}
        ):
            assert value in {given[-1], ",".join(given), "; ".join(given)}, f"{name} is another"

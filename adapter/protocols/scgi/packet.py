"""The packet: a netstring of names and values, each ended by a NUL, `CONTENT_LENGTH` first, and `SCGI` with `1` among them."""

from typing import Final

from adapter.protocols.http1.events import Refused

LONGEST: Final = 1 << 17
"""Bytes of variables: more than any front end sends (nginx: 64 kB of fields at most, as we have it)."""
_DIGITS = 6


def size(begin: bytes) -> int:
    """Bytes of the whole packet that begins so, its comma included; 0: not known yet. Raises Refused."""
    digits, colon, _ = begin[: _DIGITS + 1].partition(b":")
    if digits and not digits.isdigit():
        raise Refused(400, "this is no netstring: is it HTTP? That is for --bind (nginx: proxy_pass)")
    if not colon:
        if len(begin) > _DIGITS:
            raise Refused(400, f"the netstring is longer than {LONGEST} bytes, or has no length")
        return 0
    if not digits or (digits[:1] == b"0" and digits != b"0"):
        raise Refused(400, "the netstring's length is no number")
    if int(digits) > LONGEST:
        raise Refused(431, f"the netstring is longer than {LONGEST} bytes")
    return len(digits) + 1 + int(digits) + 1


def split(packet: bytes) -> tuple[list[str], list[str]]:
    """The names and their values, as they came, bytes as characters (ISO-8859-1). `packet`: all that `size` says. Raises Refused."""
    text = packet.partition(b":")[2].decode("latin-1")
    if text[-1] != ",":
        raise Refused(400, "the netstring does not end in a comma")
    words = text[:-1].split("\0")
    if words.pop() or len(words) % 2:
        raise Refused(400, "the variables are not names and values, each ended by a NUL")
    names, values = words[::2], words[1::2]
    if names[:1] != ["CONTENT_LENGTH"]:
        raise Refused(400, "the first variable is not CONTENT_LENGTH")
    if "" in names:
        raise Refused(400, "a variable without a name")
    if not values[0] or [value for name, value in zip(names, values, strict=True) if name == "SCGI"] != ["1"]:
        raise Refused(400, "CONTENT_LENGTH is empty, or SCGI is not 1")
    return names, values

"""The packet: four bytes of header, then variables, each a length of two bytes and so many bytes, twice: key and value."""

from typing import Final

from adapter.protocols.http1.events import Refused

HEADER: Final = 4
"""modifier1 · length of the variables, little-endian · modifier2."""

_HTTP = frozenset({b"GET ", b"HEAD", b"POST", b"PUT ", b"DELE", b"OPTI", b"PATC"})


def block_size(header: bytes) -> int:
    """How many bytes of variables this header (its four bytes) announces. Raises Refused.

    A modifier names another kind of request (a cached page, a remote call, a signal) or another language: 0 is WSGI.
    """
    if header[0] or header[3]:
        if header in _HTTP:
            raise Refused(400, "somebody speaks HTTP here: that is for --bind (nginx: proxy_pass)")
        raise Refused(400, f"modifiers {header[0]} and {header[3]}; only 0 and 0 (WSGI) are served")
    return header[1] | header[2] << 8


def split(block: bytes) -> tuple[list[str], list[str]]:
    """The names and their values, as they came, bytes as characters (ISO-8859-1, as PEP 3333 wants it). Raises Refused."""
    names: list[str] = []
    values: list[str] = []
    text = block.decode("latin-1")
    at, end = 0, len(block)
    try:
        while at < end:
            start = at + 2
            stop = start + (block[at] | block[at + 1] << 8)
            value = stop + 2
            at = value + (block[stop] | block[stop + 1] << 8)
            names.append(text[start:stop])
            values.append(text[value:at])
    except IndexError:
        at = end + 1
    if at != end:
        raise Refused(400, "a variable is longer than what is left of the packet")
    if "" in names:
        raise Refused(400, "a variable without a name")
    return names, values

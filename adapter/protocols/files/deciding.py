"""What becomes of a request for a file that is there: RFC 9110 §13 (conditions) and §14 (ranges)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from adapter.protocols.files import dates

_DIGITS = 18
_RANGE = re.compile(r"bytes[ \t]*=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE).fullmatch
_TAG = re.compile(r'(?:W/)?"[!\x23-\x7e\x80-\xff]*"')
_NS = 1_000_000_000


class Facts(NamedTuple):
    """Of the file, once it is open."""

    size: int
    modified: int
    """Nanoseconds since 1970."""


class Answer(NamedTuple):
    """Status line, fields, and the part of the file that goes with them (for HEAD too: whoever frames it leaves it out)."""

    status: str
    headers: list[tuple[str, str]]
    offset: int = 0
    size: int = 0


def tag(facts: Facts) -> str:
    """The entity-tag: another one whenever the file was written anew."""
    return f'"{facts.modified:x}-{facts.size:x}"'


def decide(fields: Mapping[str, str], facts: Facts, method: str) -> Answer:
    """The answer to a GET or HEAD. `fields`: the request's, in CGI's spelling (HTTP_IF_NONE_MATCH)."""
    modified = facts.modified // _NS
    own = [("ETag", tag(facts)), ("Last-Modified", dates.written(modified)), ("Accept-Ranges", "bytes")]
    if _changed(fields, tag(facts), modified):
        return Answer("412 Precondition Failed", [("Content-Length", "0")])
    if _known(fields, tag(facts), modified):
        return Answer("304 Not Modified", own[:2])
    part = _part(fields, facts, modified) if method == "GET" else None
    if part is None:
        return Answer("200 OK", [*own, ("Content-Length", str(facts.size))], 0, facts.size)
    first, end = part
    if first >= end:
        return Answer("416 Range Not Satisfiable", [("Content-Range", f"bytes */{facts.size}"), ("Content-Length", "0")])
    own += [("Content-Range", f"bytes {first}-{end - 1}/{facts.size}"), ("Content-Length", str(end - first))]
    return Answer("206 Partial Content", own, first, end - first)


def _changed(fields: Mapping[str, str], own: str, modified: int) -> bool:
    """The client wants it only if it is as it was (§13.2.2, steps 1 and 2)."""
    if (named := fields.get("HTTP_IF_MATCH")) is not None:
        return named.strip() != "*" and own not in _TAG.findall(named)
    since = dates.read(fields.get("HTTP_IF_UNMODIFIED_SINCE", ""))
    return since is not None and modified > since


def _known(fields: Mapping[str, str], own: str, modified: int) -> bool:
    """The client has it already (steps 3 and 4): weakly compared, as what it has may be compressed by a proxy."""
    if (named := fields.get("HTTP_IF_NONE_MATCH")) is not None:
        return named.strip() == "*" or own in [each.removeprefix("W/") for each in _TAG.findall(named)]
    since = dates.read(fields.get("HTTP_IF_MODIFIED_SINCE", ""))
    return since is not None and modified <= since


def _part(fields: Mapping[str, str], facts: Facts, modified: int) -> tuple[int, int] | None:
    """From where, up to where; nothing between them: not satisfiable; None: all of it.

    A list of ranges gets all of it, as §14.2 allows: nobody's player asks for one, and many small ones are an attack (CVE-2011-3192).
    """
    found = _RANGE(fields.get("HTTP_RANGE", ""))
    if found is None or not _still(fields.get("HTTP_IF_RANGE"), tag(facts), modified):
        return None
    first, last = found[1], found[2]
    if max(len(first), len(last)) > _DIGITS or not (first or last):
        return None
    if not first:  # so many at the end
        return max(0, facts.size - int(last)), facts.size
    if last and int(last) < int(first):
        return None  # invalid, so to be ignored
    return int(first), min(facts.size, int(last) + 1) if last else facts.size


def _still(condition: str | None, own: str, modified: int) -> bool:
    """If-Range (§13.1.5): the exact tag, or the exact date; without the field: yes."""
    return condition is None or condition.strip() == own or dates.read(condition.strip()) == modified

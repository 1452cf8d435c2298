"""The corpus read by llhttp and by h11: what we take they read the same way; where one of us is stricter, the reason has a name.

A reason names its cases by patterns, `*` for anything; one that explains no case any more is a failure too.
"""

from fnmatch import fnmatchcase

import pytest

from kit.corpus import CASES, named
from kit.http1 import read
from kit.opinions import OTHERS, disagreement, takes

OURS = "our own limits"
WE_TAKE = {
    "llhttp": {
        "it knows a fixed list of methods, though any token may be one (RFC 9110 §9.1)": (
            *("request_line: method PRI", "request_line: a method in lower case *", "request_line: any token is a method"),
            *("request_line: every kind of character", "request_line: a method of one character", "request_line: a method of 32"),
            "connections: a byte too many is part of the next method",
        ),
        "it takes no blanks before a semicolon (RFC 9112 §7.1.1 allows them)": (
            "chunks: extension ' *",
            r"chunks: extension '\t*",
            "chunks: extensions of all kinds at once",
        ),
        "it obeys a Connection among the trailers (RFC 9110 §6.5.1 does not)": ("chunks: trailer Connection: close *",),
    },
    "h11": {
        "it forgives no empty line before a request (RFC 9112 §2.2 does)": (
            *(
                "request_line: an empty line before",
                "lengths: a CRLF after content",
                "connections: a CRLF *",
                "limits: the empty line *",
            ),
        ),
        "it takes no blanks before a semicolon (RFC 9112 §7.1.1 allows them)": (
            "chunks: extension ' *",
            r"chunks: extension '\t*",
        ),
        "it never keeps an HTTP/1.0 connection (RFC 9112 §9.3 may)": (
            *("connections: 1.0, '*eep-*live*'", "connections: 1.0, 'KEEP-ALIVE'", "connections: 1.0, two lines"),
        ),
    },
}
THEY_TAKE = {
    "llhttp": {
        OURS: (
            "limits: *",
            "lengths: 2*",
            "lengths: more than we take",
            "chunks: a size of *",
            "smuggling: chunk size cut at 2[*][*]32",
        ),
        "it does not judge Host": ("hosts: *", "*Host*", "connections: the third *", "connections: nothing after *"),
        "it judges only the characters of a target": (
            "targets: asterisk *",
            "targets: absolute *",
            "targets: scheme *",
            "targets: *user*",
        ),
        "a target may have a fragment, or brackets anywhere": ("targets: fragment*", "targets: bracket*", "targets: bare IPv6"),
        "it takes several spaces in the request line": ("request_line: two spaces *",),
        "it takes other versions, and none at all": ("request_line: version *", "request_line: 0.9*"),
        "it drops any CR and LF before a request": ("request_line: *before", "connections: two CRLF *", "connections: an LF *"),
        "any codings may come before chunked": ("codings: coding *", "codings: two lines, *"),
        "HTTP/1.0 may be chunked": ("codings: on HTTP/1.0*", "smuggling: TE on HTTP/1.0"),
        "an extension may have no name, or no value": ("chunks: extension *, malformed",),
        "it does not judge expectations": ("connections: expects *",),
        "Content-Type may be given twice": ("cgi: two Content-Types", "cgi: the same Content-Type twice"),
    },
    "h11": {
        OURS: (
            *("limits: *", "lengths: 2*", "lengths: more than we take", "chunks: a size of *", "smuggling: C* 2[*][*]*"),
            *("smuggling: chunk size cut *", "request_line: a method of 33"),
        ),
        "it takes any form of target": ("targets: *",),
        "it does not judge what is in Host": ("hosts: Host *",),
        "it takes other versions": ("request_line: version *",),
        "a line may end in LF": (
            "* LF*",
            "*: LF *",
            "smuggling: CL.TE, hidden: *nTransfer-Encoding*",
            "request_line: line ends *",
            "request_line: all lines *",
        ),
        "it takes controls in values": ("fields: control * in a value",),
        "it takes folded lines": ("*fold*", "smuggling: CL.TE, hidden: 'Transfer-Encoding:*n chunked'", "chunks: folded trailer"),
        "Content-Length may be given twice, or as a list, if it is the same": ("lengths: *",),
        "a length may be beside a coding": ("codings: *length*", "smuggling: *L*"),
        "blanks may follow a chunk's size": ("chunks: size '1*'", "smuggling: chunk size of spaces"),
        "an extension may be anything": ("chunks: *extension*",),
        "it does not judge expectations": ("connections: expects *",),
        "Content-Type may be given twice": ("cgi: two Content-Types", "cgi: the same Content-Type twice"),
        "a trailer may be any": ("chunks: trailer * would frame",),
        "CONNECT is taken": ("targets: CONNECT*", "smuggling: CONNECT*"),
    },
}


def asked(who: str) -> list[tuple[str, str | None, bool]]:
    """Each case's name, how their opinion differs from ours on what we take, and whether they take what we refuse."""
    found = []
    for case in CASES:
        ours, theirs = read([case.raw], case.limits), OTHERS[who](case.raw)
        found.append((named(case), disagreement(ours, theirs), takes(theirs, ours)))
    return found


def unexplained(names: list[str], reasons: dict[str, tuple[str, ...]]) -> list[str]:
    """The names that no reason explains, and the patterns that explain nothing."""
    patterns = [pattern for several in reasons.values() for pattern in several]
    bare = [name for name in names if not any(fnmatchcase(name, pattern) for pattern in patterns)]
    return bare + [f"nothing: {pattern}" for pattern in patterns if not any(fnmatchcase(name, pattern) for name in names)]


@pytest.mark.parametrize("who", OTHERS)
def test_what_we_take_is_read_the_same_way(who: str) -> None:
    """Method, target, version, every variable, content and where the next request begins: or the reason why they are stricter has a name."""
    differing = [(name, how) for name, how, _ in asked(who) if how is not None]

    assert [(name, how) for name, how in differing if not how.startswith(("refuses", "ends the connection"))] == []
    assert unexplained([name for name, _ in differing], WE_TAKE[who]) == []


@pytest.mark.parametrize("who", OTHERS)
def test_what_only_we_refuse_has_a_reason(who: str) -> None:
    """Where we are stricter, a short list says why."""
    assert unexplained([name for name, _, lenient in asked(who) if lenient], THEY_TAKE[who]) == []

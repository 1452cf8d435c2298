"""Files as answers: paths, dates, conditions, ranges, kinds."""

import pytest

from adapter.protocols.files import dates, kinds
from adapter.protocols.files.deciding import Facts, decide, tag
from adapter.protocols.files.paths import Wanted, below, wanted

FACTS = Facts(1000, 784111777_500_000_000)  # RFC 9110's own date, and half a second
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
LATER, EARLIER = "Sun, 06 Nov 1994 08:49:38 GMT", "Sun, 06 Nov 1994 08:49:36 GMT"
TAG = tag(FACTS)


@pytest.mark.parametrize(
    ("prefix", "path", "rest"),
    [
        ("/app", "/app", ""),
        ("/app", "/app/", "/"),
        ("/app", "/app/x", "/x"),
        ("/app", "/apple", None),
        ("/app", "/ap", None),
        ("/app", "/x/app", None),
        ("/app", "/App/x", None),
        ("", "/x", "/x"),
        ("", "", ""),
        ("", "*", None),
        ("/a/b", "/a/b/c", "/c"),
    ],
)
def test_below(prefix, path, rest):
    """A prefix ends where a name ends."""
    assert below(prefix, path) == rest


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/a.css", [b"a.css"]),
        ("/a/b/c.css", [b"a", b"b", b"c.css"]),
        ("/caf\xc3\xa9", ["café".encode()]),
        ("/.well-known/acme", [b".well-known", b"acme"]),
        ("/a b\\c", [b"a b\\c"]),
        ("/...x", None),
        ("/..", None),
        ("/../etc/passwd", None),
        ("/a/../../b", None),
        ("/a/./b", None),
        ("/.git/config", None),
        ("/a/.env", None),
        ("//etc/passwd", None),
        ("/a//b", None),
        ("/a\0b", None),
        ("*", None),
        ("a", None),
    ],
)
def test_wanted(path, names):
    """Names only: nothing that leads up, nothing hidden, nothing empty, no NUL."""
    assert wanted(path) == (None if names is None else Wanted(tuple(names), directory=False))


@pytest.mark.parametrize(("path", "names"), [("", ()), ("/", ()), ("/a/", (b"a",)), ("/a/b/", (b"a", b"b"))])
def test_wanted_directory(path, names):
    """A slash at the end, or nothing, is a directory."""
    assert wanted(path) == Wanted(names, directory=True)


def test_dates():
    """The three forms of RFC 9110 §5.6.7 mean the same second; what is written is the first."""
    assert dates.written(784111777) == DATE
    for text in (DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
        assert dates.read(text) == 784111777
    assert dates.read("Sunday, 06-Nov-26 08:49:37 GMT") == dates.read("Fri, 06 Nov 2026 08:49:37 GMT")
    assert dates.read(dates.written(-1)) == -1


@pytest.mark.parametrize(
    "text",
    ["", "now", DATE[:-4], DATE + " ", DATE.replace("06", "31"), DATE.replace("Nov", "Now"), DATE.replace("08", "24"), "1" * 999],
)
def test_no_dates(text):
    """What is no date is none, and raises nothing."""
    assert dates.read(text) is None


@pytest.mark.parametrize(
    ("fields", "status", "part"),
    [
        ({}, "200", (0, 1000)),
        ({"IF_NONE_MATCH": TAG}, "304", None),
        ({"IF_NONE_MATCH": f'"x", W/{TAG}'}, "304", None),
        ({"IF_NONE_MATCH": "*"}, "304", None),
        ({"IF_NONE_MATCH": '"x"'}, "200", (0, 1000)),
        ({"IF_NONE_MATCH": '"x"', "IF_MODIFIED_SINCE": LATER}, "200", (0, 1000)),
        ({"IF_MODIFIED_SINCE": DATE}, "304", None),
        ({"IF_MODIFIED_SINCE": LATER}, "304", None),
        ({"IF_MODIFIED_SINCE": EARLIER}, "200", (0, 1000)),
        ({"IF_MODIFIED_SINCE": "yesterday"}, "200", (0, 1000)),
        ({"IF_MATCH": TAG}, "200", (0, 1000)),
        ({"IF_MATCH": "*"}, "200", (0, 1000)),
        ({"IF_MATCH": '"x"'}, "412", None),
        ({"IF_MATCH": f"W/{TAG}"}, "412", None),
        ({"IF_UNMODIFIED_SINCE": DATE}, "200", (0, 1000)),
        ({"IF_UNMODIFIED_SINCE": EARLIER}, "412", None),
        ({"IF_MATCH": TAG, "IF_NONE_MATCH": TAG}, "304", None),
        ({"RANGE": "bytes=0-0"}, "206", (0, 1)),
        ({"RANGE": "bytes=0-99"}, "206", (0, 100)),
        ({"RANGE": "bytes=990-"}, "206", (990, 10)),
        ({"RANGE": "bytes=990-5000"}, "206", (990, 10)),
        ({"RANGE": "bytes=-10"}, "206", (990, 10)),
        ({"RANGE": "bytes=-5000"}, "206", (0, 1000)),
        ({"RANGE": "Bytes=0-1"}, "206", (0, 2)),
        ({"RANGE": "bytes=1000-"}, "416", None),
        ({"RANGE": "bytes=-0"}, "416", None),
        ({"RANGE": "bytes=5-4"}, "200", (0, 1000)),
        ({"RANGE": "bytes=-"}, "200", (0, 1000)),
        ({"RANGE": "bytes=0-1,4-5"}, "200", (0, 1000)),
        ({"RANGE": "lines=0-1"}, "200", (0, 1000)),
        ({"RANGE": "bytes=" + "9" * 99 + "-"}, "200", (0, 1000)),
        ({"RANGE": "bytes=0-1", "IF_RANGE": TAG}, "206", (0, 2)),
        ({"RANGE": "bytes=0-1", "IF_RANGE": DATE}, "206", (0, 2)),
        ({"RANGE": "bytes=0-1", "IF_RANGE": f"W/{TAG}"}, "200", (0, 1000)),
        ({"RANGE": "bytes=0-1", "IF_RANGE": LATER}, "200", (0, 1000)),
        ({"RANGE": "bytes=0-1", "IF_NONE_MATCH": TAG}, "304", None),
    ],
)
def test_decide(fields, status, part):
    """Conditions in RFC 9110's order, then the range; the length told is the part's."""
    answer = decide({f"HTTP_{name}": value for name, value in fields.items()}, FACTS, "GET")

    assert answer.status[:3] == status
    if part is not None:
        assert (answer.offset, answer.size) == part
        assert dict(answer.headers)["Content-Length"] == str(part[1])
        assert (dict(answer.headers).get("Content-Range") == f"bytes {part[0]}-{sum(part) - 1}/1000") == (status == "206")
    else:
        assert answer.size == 0
    if status == "304":
        assert [name for name, _ in answer.headers] == ["ETag", "Last-Modified"]
    if status == "416":
        assert dict(answer.headers)["Content-Range"] == "bytes */1000"


def test_ranges_are_for_get():
    """HEAD tells what all of it would be (RFC 9110 §14.2); an empty file has no range."""
    assert decide({"HTTP_RANGE": "bytes=0-1"}, FACTS, "HEAD").status[:3] == "200"
    assert decide({"HTTP_RANGE": "bytes=0-"}, Facts(0, 0), "GET").status[:3] == "416"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.css", "text/css"),
        ("A.JPG", "image/jpeg"),
        ("a.tar.gz", "application/gzip"),
        ("css", kinds.UNKNOWN),
        (".css", kinds.UNKNOWN),
        ("a.", kinds.UNKNOWN),
    ],
)
def test_kinds(name, kind):
    """By the end of the name, in whatever case."""
    assert kinds.kind(name) == kind

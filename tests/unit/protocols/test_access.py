"""Access log lines: one entry is one line, nothing in it can forge another, and what was told can be read back."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.protocols.access import FIELDS, LONGEST, Lines, Stamp

STAMP = Stamp("25/Nov/2026:01:39:48 +0100", "2026-11-25T01:39:48", "+01:00")
ENTRY = (200, 6, 10.25, 10.250123, "127.0.0.1", "GET", "/a?b", "HTTP/1.1", "http://x/", "curl/8", "localhost:80", None)
REFUSED = (400, 16, 10.0, 10.0, "192.0.2.1", "", "", "", "", "", "", None)
CUSTOM = " ".join(f'{name}="{{{name}}}"' for name in FIELDS) + ' var="{var:a}"'

HOSTILE = st.text(st.characters(), max_size=80) | st.sampled_from(
    [
        '"',
        "\\",
        '\\"',
        "\n",
        '" 200 0 "-" "-"\n127.0.0.1 - - forged',
        "\x1b]0;x\x07",
        "\x00",
        "\x7f",
        "\xff",
        "\u202e",
        "\u2028",
        "a" * 9000,
    ]
)
ENTRIES = st.tuples(
    st.integers(100, 599),
    st.integers(0, 1 << 50),
    st.floats(0, 1e9),
    st.floats(0, 1e9),
    *([HOSTILE] * 7),
    st.none() | st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,31}", fullmatch=True), HOSTILE, max_size=16),
)


def line(form: str, entry=ENTRY) -> str:
    """This entry's line."""
    return Lines(form, lambda _: STAMP, slot=3, generation=7).line(entry, 1_700_000_000.0)


def test_common_and_combined():
    """As Apache has them; no request that was understood is `-`, no content is `-`."""
    assert line("common") == '127.0.0.1 - - [25/Nov/2026:01:39:48 +0100] "GET /a?b HTTP/1.1" 200 6\n'
    assert line("combined") == '127.0.0.1 - - [25/Nov/2026:01:39:48 +0100] "GET /a?b HTTP/1.1" 200 6 "http://x/" "curl/8"\n'
    assert line("combined", REFUSED) == '192.0.2.1 - - [25/Nov/2026:01:39:48 +0100] "-" 400 16 "-" "-"\n'
    assert (
        line("common", (304, 0, *ENTRY[2:4], "", *ENTRY[5:])) == '- - - [25/Nov/2026:01:39:48 +0100] "GET /a?b HTTP/1.1" 304 -\n'
    )


def test_what_the_application_says():
    """In JSON as an object, in a text of the operator's by name; cut to its share, also when there are many."""
    entry = (*ENTRY[:11], {"user": "42", "evil": '" 200\n', "long": "x" * 900})
    assert json.loads(line("json", entry))["vars"] == {"user": "42", "evil": '" 200\n', "long": "x" * 250 + "..."}
    assert line("{var:user} {var:evil} {var:nobody}", entry) == '42 \\" 200\\n -\n'
    assert line("combined", entry) == line("combined")


def test_json():
    """Everything there is, numbers as numbers."""
    assert json.loads(line("json")) == {
        "time": "2026-11-25T01:39:48.250000+01:00",
        "client": "127.0.0.1",
        "method": "GET",
        "target": "/a?b",
        "version": "HTTP/1.1",
        "status": 200,
        "bytes": 6,
        "seconds": 0.000123,
        "referer": "http://x/",
        "agent": "curl/8",
        "host": "localhost:80",
        "slot": 3,
        "generation": 7,
    }


def test_a_text_of_the_operators():
    """Any field, in any order, with braces and percent signs of one's own."""
    form = '{client} {{%s}} {status} {bytes} {seconds}s {microseconds} "{request}" {host} {slot}/{generation} [{date}] {time}'
    assert line(form) == (
        '127.0.0.1 {%s} 200 6 0.000123s 123 "GET /a?b HTTP/1.1" localhost:80 3/7 [25/Nov/2026:01:39:48 +0100] '
        "2026-11-25T01:39:48.250000+01:00\n"
    )


@pytest.mark.parametrize(
    "form", ["", "plain", "{", "}", "{status", "status}", "{nothing}", "{}", "{status.real}", "{status!r}", "{a\n}"]
)
def test_other_texts_are_refused(form):
    """With a sentence that says what is wrong."""
    with pytest.raises(ValueError, match=r"^has "):
        Lines(form, lambda _: STAMP)


QUOTED = r'"(?:[^"\\]|\\.)*"'
SHAPES = {
    "common": rf"\S+ - - \[[^]]+\] {QUOTED} \d+ (\d+|-)\n",
    "combined": rf"\S+ - - \[[^]]+\] {QUOTED} \d+ (\d+|-) {QUOTED} {QUOTED}\n",
    "json": r"\{.*\}\n",
    CUSTOM: rf"([a-z]+={QUOTED} ?)+\n",
}


@pytest.mark.parametrize("form", SHAPES)
@given(entry=ENTRIES)
def test_one_entry_is_one_line(form, entry):
    """Whatever a client sends: one line, printable ASCII, of the format's shape, and (custom ones apart) short enough for a pipe."""
    said = line(form, entry)
    assert said.isascii() and said[:-1].isprintable()
    assert re.fullmatch(SHAPES[form], said)
    assert form == CUSTOM or len(said) <= LONGEST


@given(entry=ENTRIES)
def test_what_is_told_can_be_read_back(entry):
    """JSON gives back what was said; the quoted parts of combined are JSON strings. Long ones are cut, and end in dots."""
    told = json.loads(line("json", entry), parse_constant=pytest.fail)
    for name, said in zip(("client", "method", "target", "version", "referer", "agent", "host"), entry[4:11], strict=True):
        same(told[name], said)
    assert set(told.get("vars", {})) == set(entry[11] or {})
    for name, said in (entry[11] or {}).items():
        same(told["vars"][name], said)
    parts = [json.loads(part) for part in re.findall(QUOTED, line("combined", entry))]
    same(parts[0], " ".join(entry[5:8]) if entry[5] else "-")
    same(parts[1], entry[8] or "-")
    same(parts[2], entry[9] or "-")


def same(told: str, said: str) -> None:
    """Told as it was said, but for its length."""
    assert told == said or (told.endswith("...") and said.startswith(told[:-3]) and len(told) > 5)


@given(st.text(st.characters(), min_size=1, max_size=3000))
def test_cut_fields_are_whole_json(text):
    """A cut never goes through the middle of an escape."""
    for form in ("common", "combined"):
        for part in re.findall(QUOTED, line(form, (200, 1, 0.0, 0.0, "a", "GET", text, "HTTP/1.1", text, text, text, None))):
            json.loads(part)

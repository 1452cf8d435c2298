"""Any file at all is a reading or one sentence, in bounded time."""

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from adapter.config.ini.reading import Reading, read
from adapter.exits import Misuse
from kit.paper import Paper

WORDS = [
    "[uwsgi]", "[adapter]", "[x]", "a", "b", "ini", "include", "inherit", "set", "set-ph", "if-env", "if-not-env", "if-opt", "if-not-opt", "if-exists",
    "if-hostname-match", "if-reload", "for", "for-times", "for-readline", "for-glob", "else", "endif", "endfor", "print", "exit", "declare-option", "strict",
    "one.ini", ":x", "two.ini:x", "=", " = ", "\n", "\n", "\n", "%(", "%(a)", "%(b)", "%(_)", "%(a + b)", "%(a b ++)", "$(A)", "$(", "@(one.ini)", ")", "%d",
    "%", "%%", "%n", "#", ";", "\r", "\t", " ", "100", "9", "(a|b)", ".*", "$1", ":", "caf\u00e9", "\0", "\ufeff",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS), max_size=60).map(lambda words: "".join(words).encode())
LINES = st.lists(
    st.tuples(st.sampled_from(WORDS[3:26]), st.lists(st.sampled_from([*WORDS[3:30], *WORDS[36:]]), max_size=6)), max_size=20
).map(lambda lines: ("[uwsgi]\n" + "\n".join(f"{name} = {''.join(value)}" for name, value in lines)).encode())
FILES = st.fixed_dictionaries({"one.ini": TEXT | LINES | st.binary(max_size=200), "two.ini": TEXT | LINES})
ENVIRON = st.dictionaries(st.sampled_from(["A", "UWSGI_A", "UWSGI_INI", "UWSGI_SET"]), st.text(max_size=20))


def outcome(files, environ, *, again=False):
    try:
        return read("one.ini", environ, again=again, world=Paper(files)), ""
    except Misuse as error:
        return None, error.sentence


@settings(max_examples=200, deadline=None)
@given(files=FILES, environ=ENVIRON, again=st.booleans())
@example(files={"one.ini": b"[uwsgi]\n" + b"%(" * 16_000, "two.ini": b""}, environ={}, again=False)
def test_any_bytes(files, environ, again):
    """Whatever lies there: a Reading without a NUL in it, or one Misuse of one line."""
    reading, sentence = outcome(files, environ, again=again)

    assert "\n" not in sentence
    assert bool(sentence) != isinstance(reading, Reading)
    assert reading is None or all(line.name and "\0" not in line.name + line.value for line in reading.lines)


HOSTILE = {
    "loops": b"[uwsgi]\nfor-times = 1000\n" + b"a = %(_)%(b)\n" * 9 + b"endfor\nb = %(c)%(c)\nc = %(d)%(d)\nd = xxxxxxxxxxxx\n",
    "laughs": b"[uwsgi]\n" + b"".join(b"a%d = %%(a%d)%%(a%d)\n" % (n, n + 1, n + 1) for n in range(40)) + b"a40 = ha\n",
    "signs": b"[uwsgi]\n" + (b"a = " + b"%(" * 16_000 + b"\n") * 30,
    "parentheses": b"[uwsgi]\n" + (b"a = %" + b"(" * 32_000 + b"\n") * 30,
    "unknown": b"[uwsgi]\n" + (b"a = " + b"%(x)" * 8_000 + b"\n") * 30,
    "magic": b"[uwsgi]\n" + (b"a = " + b"%p" * 1_000 + b"\n") * 400,
    "blanks": b"[uwsgi]\n" + (b"a = b" + b" " * 32_000 + b"c\n") * 30,
    "short lines": b"[uwsgi]\n" + b"a\n" * 500_000,
    "short lines elsewhere": b"[x]\n" + b"a\n" * 49_000 + b"[uwsgi]\na\n",
    "sets": b"[uwsgi]\n" + (b"set=" * 8_000 + b"\n") * 30,
    "declared": b"[uwsgi]\n"
    + b"".join(b"declare-option = a%d=a%d=;a%d=\n" % (n, n + 1, n + 1) for n in range(60))
    + b"a0\n",
    "words": b"[uwsgi]\ndeclare-option = a=b=" + b"$1" * 8_000 + b"\na = " + b"xx " * 10_000,
    "sections": b"[uwsgi]\n" + b"[x\n" * 49_000,
    "names of sections": b"[uwsgj]\n" + b"".join(b"[%d]\n" % n for n in range(49_000)),
    "itself": b"[uwsgi]\n" + b"a = %(a)\n" * 5_000,
}  # fmt: skip


def test_hostile_files():
    """Files made to take for ever take seconds at most, all of them together."""
    began = time.process_time()
    for data in HOSTILE.values():
        assert "\n" not in outcome({"one.ini": data}, {})[1]
    assert time.process_time() - began < 30

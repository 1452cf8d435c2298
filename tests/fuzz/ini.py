"""uWSGI's INI, for the fuzzer. Each `_check` is an invariant; its docstring is the sentence."""

from collections.abc import Hashable, Iterator
from random import Random

from adapter.config.ini.reading import Reading, read
from adapter.exits import Misuse
from fuzz.engine import Target
from kit.grammar import ENVIRON, FILE, FILES, LINES
from kit.paper import Paper

_FILES = {name: data for name, data in FILES.items() if name not in {"big", "many.ini"}}
_SIGNS = ("$(", "@(", "%(", "\n", "\r", "\0")
_SEED = "[uwsgi]\n%s\n[second]\ns = second\n[adapter]\nworkers = %%(a)\n"


class Ini(Target):
    """`adapter.config.ini`, all but the disk."""

    name = "ini"
    code = ("adapter/config/ini/",)
    seeds = tuple((_SEED % text).encode() for text, _ in LINES)
    tokens = (
        *(b"[uwsgi]\n", b"[adapter]\n", b"[", b"]", b"=", b" = ", b"\n", b"\r", b"#", b" ;", b"%", b"%%", b"%d", b"%n", b"%p"),
        *(b"%(", b"%(a)", b"%(_)", b"%(a + b)", b"%(a b ++)", b"$(", b"$(HOME)", b"$(A)", b"@(", b"@(secret)", b"@(conf/other.ini)", b")"),
        *(b"ini = ", b"include = ", b"inherit = ", b"set = ", b"set-ph = ", b"declare-option = ", b"print = ", b"exit", b"else\n", b"endif\n"),
        *(b"if-env = ", b"if-not-env = ", b"if-opt = ", b"if-not-opt = ", b"if-exists = ", b"if-reload\n", b"if-hostname-match = ", b"endfor\n"),
        *(b"for = ", b"for-times = ", b"for-readline = ", b"for-glob = ", b"conf/other.ini", b"conf/table.toml", b":second", b":more"),
        *(b"a = ", b"b = ", b"$1", b";", b"(a|b)*", b".*", b"{2}", b"9", b"99999999999", b"\xef\xbb\xbf", b"\xe9", b"\0"),
    )  # fmt: skip

    def run(self, data: bytes) -> Iterator[Hashable]:
        found = _read(data)
        kinds: list[Hashable] = [
            found.rpartition(": ")[2][:20] if isinstance(found, str) else (len(found.lines) > 2, bool(found.remarks))
        ]
        return iter(kinds)

    def judge(self, data: bytes, random: Random) -> None:
        found = _read(data)
        assert found == _read(data), "it reads the same file in two ways"
        if isinstance(found, str):
            assert found.strip(), "it says nothing"
            assert "\n" not in found, "it says more than a line"
            return
        _check_places(found)
        _check_line_ends(data, found)
        _check_written_again(found)


def _read(data: bytes) -> Reading | str:
    try:
        return read(FILE, ENVIRON, world=Paper({**_FILES, FILE: data}))
    except Misuse as error:
        return error.sentence


def _check_places(found: Reading) -> None:
    """Every option has a name, no NUL, and the file and line where it stands."""
    for line in (*found.lines, *found.native):
        path, _, number = line.place.rpartition(":")
        assert line.name, "no name"
        assert "\0" not in line.name + line.value, "a NUL"
        assert path in {FILE, *_FILES, "deep.ini"}, "no file"
        assert int(number) > 0, "no line"


def _check_line_ends(data: bytes, found: Reading) -> None:
    """Lines may end as Windows has it, and be followed by nothing, and it is the same."""
    again = _read(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n")
    assert isinstance(again, Reading), "it does not take CR LF"
    assert said(again) == said(found), "CR LF changes it"


def _check_written_again(found: Reading) -> None:
    """What was read, written down plainly, is read as the same: nothing is left to be filled in."""
    lines = [(line.name, line.value) for line in found.lines]
    if any(
        sign in name + value or name.startswith(("[", "#", ";")) or value != value.strip()
        for name, value in lines
        for sign in _SIGNS
    ):
        return
    text = "".join(f"{name} = {value}\n".replace("%", "%%") for name, value in lines)
    again = _read(f"[uwsgi]\n{text}".encode())
    assert isinstance(again, Reading), "it does not take what it gave"
    assert said(again) == lines, "it is not the same again"


def said(found: Reading) -> list[tuple[str, str]]:
    """The lines without their places."""
    return [(line.name, line.value) for line in found.lines]

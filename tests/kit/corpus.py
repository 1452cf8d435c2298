"""The whole corpus of HTTP/1.1, theme by theme (tests/corpus/http1)."""

from corpus.http1 import cgi, chunks, codings, connections, fields, hosts, lengths, limits, request_line, smuggling, targets
from kit.cases import Case

THEMES: dict[str, tuple[Case, ...]] = {
    theme.__name__.rpartition(".")[2]: theme.CASES
    for theme in (request_line, targets, hosts, fields, cgi, lengths, codings, chunks, smuggling, connections, limits)
}
CASES = tuple(case for cases in THEMES.values() for case in cases)


def named(case: Case) -> str:
    """A case as pytest names it: printable, whatever its bytes are."""
    theme = next(theme for theme, cases in THEMES.items() if case in cases)
    return f"{theme}: {case.name}".encode("ascii", "backslashreplace").decode()

"""The one table of uWSGI's options, by theme, and how a name is found in it."""

from adapter.config.ini.rows import Row, grammar
from adapter.config.ini.table import application, beside, fronts, limits, logs, processes, sockets, steering

OF_THE_FILE: tuple[Row, ...] = (
    grammar("ini include inherit config inject-before inject-after", "also https:, exec: and the like are not read"),
    grammar("set set-placeholder set-ph declare-option declare-option2 resolve"),
    grammar("if-* if-not-* ifenv ifexists ifplugin ifdir endif end-if for for-* endfor end-for"),
    grammar("strict", "unknown names are fatal"),
    grammar("blacklist whitelist end-blacklist end-whitelist"),
    grammar("xml xmlconfig x yaml yml y json j js", "another format: write it as INI or TOML"),
    grammar(
        "print iprint exit help h usage version print-sym print-symbol extract connect-and-read cflags dot-h config-py build-plugin binary-append-data"
        " logger-list loggers-list alarm-list alarms-list cheaper-algo-list cheaper-algos-list cheaper-list router-list routers-list clock-list clocks-list loop-list loops-list plugins-list plugin-list imperial-monitor-list imperial-monitors-list"
    ),
)
THEMES: tuple[tuple[str, tuple[Row, ...]], ...] = (
    ("Application", application.ROWS),
    ("Listening", sockets.ROWS),
    ("Processes", processes.ROWS),
    ("Beside the workers", beside.ROWS),
    ("Time and size", limits.ROWS),
    ("Control", steering.ROWS),
    ("Log", logs.ROWS),
    ("In front of the application", fronts.ROWS),
    ("The file itself", OF_THE_FILE),
)
ROWS: dict[str, Row] = {name: row for _, rows in THEMES for row in rows for name in row.names if "*" not in name}
FAMILIES: dict[str, Row] = {
    name.removesuffix("*"): row for _, rows in THEMES for row in rows for name in row.names if name.endswith("*")
}


def row_of(name: str) -> Row | None:
    """The row of an option, by its own name or its family's; None: uWSGI has no such option that we know of."""
    if found := ROWS.get(name):
        return found
    known = [family for family in FAMILIES if name.startswith(family)]
    return FAMILIES[max(known, key=len)] if known else None

"""`python -m adapter`, and the console script. Before anything slow: no signal may be lost, and inetd must not wait."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# The dialect table's signals by name: importing the table itself would leave a gap of milliseconds. A test compares the two.
OPERATOR_SIGNALS = ("HUP", "TERM", "PWR", "INT", "QUIT", "TSTP", "WINCH", "USR1", "USR2", "URG", "ALRM", "TTIN", "TTOU", "CONT")

INETD = (
    "roles/", "roles/inetd/", "config/", "exits", "config/kinds", "config/fronts", "config/settings", "config/argv", "config/envdir",
    "config/resolve", "gateway/", "gateway/load", "gateway/file_wrapper", "gateway/out", "poll", "log",
    "protocols/", "protocols/http1/", "protocols/http1/events", "protocols/http1/names",
    "protocols/http1/fields", "protocols/http1/sending", "protocols/spoken", "protocols/http1/limits",
    "protocols/http1/target", "protocols/http1/head", "protocols/http1/receiving", "gateway/environ",
    "roles/serving/", "gateway/wsgi", "protocols/http1/dates", "roles/serving/dates",
    "roles/serving/incoming", "roles/serving/answering", "unix/", "unix/descriptors", "roles/inetd/stdio",
    "roles/serving/lingering", "unix/traps", "roles/inetd/conversation", "roles/logs",
    "roles/serving/fronted", "roles/surroundings", "roles/inetd/inetd",
)  # fmt: skip
"""Of our own modules, all that a connection of inetd needs, by their paths, a package's with a slash behind; each behind those it imports,
as `bytecode` wants them. What is not here is found, but dearly.
"""


def main(argv: "Sequence[str] | None" = None) -> int:
    """The exit code of `adapter ARGV…`."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] in (["serve"], ["hold"]):
        _hold_signals()
    if words[:1] == ["inetd"] and not _asks_for_help(words[1:]):
        return _inetd(words[1:])
    _fill_descriptors()  # inetd's are a matter of their own
    if words[:1] == ["hold"] and not _asks_for_help(words[1:]):
        from adapter.roles.hold import hold  # noqa: PLC0415 -- the other commands do not need it

        return hold.main(words[1:])
    if words[:1] == ["serve"] and not _asks_for_help(words[1:]):
        from adapter.cli import quick  # noqa: PLC0415 -- the other commands do not need it

        if (code := quick.run(words[1:])) is not None:
            return code
    from adapter.cli.main import run  # noqa: PLC0415 -- click takes 17 ms, which inetd would pay per connection

    return run(words)


def _inetd(words: "Sequence[str]") -> int:
    from adapter.bytecode import load, plain  # noqa: PLC0415 -- the other commands do not need it

    if plain():
        load(INETD, "inetd")
        from adapter.roles.inetd import inetd  # noqa: PLC0415 -- as above
    else:
        from adapter.nearby import Finder  # noqa: PLC0415 -- as above

        with Finder():
            from adapter.roles.inetd import inetd  # noqa: PLC0415 -- as above
    return inetd.main(words)


def _hold_signals() -> None:
    """What an operator sends from here on waits in the kernel until the master has its traps; the master lets it through."""
    import signal  # noqa: PLC0415 -- inetd does not need it

    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.Signals[f"SIG{name}"] for name in OPERATOR_SIGNALS])


def _fill_descriptors() -> None:
    """Somebody closed 0, 1 or 2: the next socket would take the number, and the log or an application's print would go to a client."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest free number, so this one


def _asks_for_help(words: "Sequence[str]") -> bool:
    before = words[: words.index("--")] if "--" in words else words
    return "--help" in before or "-h" in before


if __name__ == "__main__":
    sys.exit(main())

"""`adapter serve` as supervisors start it, without click: the master starts 17 ms sooner and is 2 MB smaller for its whole life.

Whatever is unusual (help, a mistake, a spelling that only click knows) is click's to answer: one place for complaints.
"""

import os
from collections.abc import Mapping, Sequence

from adapter.config.argv import parse
from adapter.config.resolve import near_misses, resolve
from adapter.exits import STOPPED, Fatal, Misuse
from adapter.log import Log
from adapter.nearby import Finder
from adapter.roles.logs import tell


def run(argv: Sequence[str]) -> int | None:
    """The exit code of `adapter serve ARGV…`; None: ask click."""
    try:
        said = parse(argv, "serve")
    except Misuse:
        return None
    try:
        return serve(said)
    except Fatal as error:
        return tell(Log(2, stamp=False), error)


def serve(said: Mapping[str, object]) -> int:
    """Be the server that the command line asks for, or only say whether it could be one (--check). Raises Fatal."""
    log = Log(2, stamp=False)
    for sentence in near_misses(os.environ):
        log.warning(sentence)

    def tell(sentence: str, serious: bool) -> None:  # noqa: FBT001 -- what `resolve` has to say
        (log.warning if serious else log.info)(sentence)

    if said.get("check"):
        log.info("the options are good", app=resolve(said, os.environ, tell).app)
        return STOPPED
    with Finder():
        from adapter.roles.master import master  # noqa: PLC0415 -- `--check` does not need it

    # The master reads for itself: an image that took over a running server goes on even when it cannot.
    return master.run(lambda again: resolve(said, os.environ, tell, again=again))

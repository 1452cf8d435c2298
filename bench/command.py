"""From a peer and a setting to the words of its command line. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from bench.peers import Peer


class Setting(NamedTuple):
    """How a server is run: the application's module, how many workers and threads (0: its own default), and options for some."""

    module: str
    workers: int = 1
    threads: int = 0
    options: Mapping[str, tuple[str, ...]] = {}


def able(peer: Peer, setting: Setting) -> bool:
    """Whether it can be run so. More threads than it has is no reason: that it has none is the figure."""
    return setting.workers == 1 or peer.many is not None


def words(peer: Peer, setting: Setting, places: Mapping[str, object]) -> list[str]:
    """The command line. `places`: bin, compiled, servers, scratch, port."""
    said = list(peer.command)
    if setting.workers > 1 and peer.many:
        said += peer.many
    if setting.threads and peer.threaded:
        said += peer.threaded
    said += (*setting.options.get(peer.name, ()), *peer.app)
    filled = {**places, "module": setting.module, "workers": setting.workers, "threads": setting.threads}
    return [word.format(**filled) for word in said]

"""poll(2), for those who seldom have to wait: the module `select` is loaded when they do, which most of inetd's connections never must.

By then the application's directory comes first in `sys.path`, and what it calls `select` is its own affair.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import select
    from collections.abc import Iterable
    from types import ModuleType

PIPE_BUF = 4096
"""pipe(7): so much is taken whole, and without waiting once poll(2) says that it can be."""


def readable(fds: Iterable[int], seconds: float) -> list[int]:
    """Which of them can be read from, or have ended, after at most so long."""
    module = _select()
    return _ready(module, fds, module.POLLIN, seconds)


def writable(fd: int, seconds: float) -> bool:
    """Whether it can be written to, or has ended, after at most so long."""
    module = _select()
    return bool(_ready(module, [fd], module.POLLOUT, seconds))


def _ready(module: ModuleType, fds: Iterable[int], event: int, seconds: float) -> list[int]:
    poll: select.poll = module.poll()
    for fd in fds:
        poll.register(fd, event)
    return [fd for fd, _ in poll.poll(max(0.0, seconds) * 1000)]


def _select() -> ModuleType:
    loaded = sys.modules.get("select")
    return loaded if loaded is not None and hasattr(loaded, "epoll") else _found()


def _found() -> ModuleType:
    """Python's own, wherever it has it: built in, or among its extensions."""
    from _frozen_importlib import BuiltinImporter, module_from_spec  # noqa: PLC0415 -- as `select`
    from _frozen_importlib_external import PathFinder  # noqa: PLC0415 -- as `select`

    library = os.path.dirname(os.__file__)
    spec = BuiltinImporter.find_spec("select") or PathFinder.find_spec("select", [library, f"{library}/lib-dynload"])
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.setdefault("select", module)
    return module

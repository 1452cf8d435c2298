"""Which files the application is made of, for `--watch`: what was imported, but for Python's own and installed packages."""

import os
import sys
from collections.abc import Callable, Iterator
from types import TracebackType

import adapter
from adapter.lifecycle.messages import HasImported
from adapter.unix import trails

_AT_ONCE = 200  # files told in one message, which must fit into a socket's buffer
_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")


class Imported:
    """Told once each, with the marks that they have when they are told."""

    def __init__(self, say: Callable[[HasImported], None]) -> None:
        import sysconfig  # noqa: PLC0415 -- only those who develop pay for it

        self._say = say
        own = os.path.dirname(os.path.abspath(adapter.__file__))
        paths = sysconfig.get_paths()
        self._not_ours = tuple(os.path.join(path, "") for path in (own, *(paths[name] for name in _INSTALLED)))
        self._told: set[str] = set()
        self._modules = 0

    def tell(self, error: BaseException | None = None) -> None:
        """Say the news."""
        for message in self.news(error):
            self._say(message)

    def news(self, error: BaseException | None = None) -> Iterator[HasImported]:
        """Those that have come since the last call. With an error of an import also those that it is about."""
        if len(sys.modules) == self._modules and error is None:
            return
        self._modules = len(sys.modules)
        found = {name for module in list(sys.modules.values()) if isinstance(name := getattr(module, "__file__", None), str)}
        fresh = sorted(path for name in {*found, *_named_by(error)} if self._is_ours(path := os.path.abspath(name)))
        self._told.update(fresh)
        marks = {path: list(mark) for path in fresh if (mark := trails.mark(path)) is not None}
        names = list(marks)
        for at in range(0, len(names), _AT_ONCE):
            yield HasImported({name: marks[name] for name in names[at : at + _AT_ONCE]})

    def _is_ours(self, path: str) -> bool:
        return path not in self._told and not path.startswith(self._not_ours) and os.path.isfile(path)


def _named_by(error: BaseException | None) -> Iterator[str]:
    """A module that could not be imported is no module: it is named by the traceback, or as the place of a syntax error."""
    while error is not None:
        if isinstance(error, SyntaxError) and error.filename:
            yield error.filename
        yield from _frames(error.__traceback__)
        error = error.__cause__ or error.__context__


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename
        traceback = traceback.tb_next

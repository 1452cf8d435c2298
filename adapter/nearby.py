"""A short way to our own modules: `adapter inetd` has forty of them to find before each connection is served, a master and a preloader 120.

The ordinary way asks every finder, looks for each kind of file, and works out each name anew: a fifth of what we add to Python's own start.
Here one look at a directory says what is in it. Whatever is not as it usually is (no bytecode, or that of another source; something compiled;
an archive) is left to the ordinary way, so what is imported is always the same.
"""

from __future__ import annotations

import gc
import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from _imp import extension_suffixes
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType
    from typing import Self

_PLAIN = MAGIC_NUMBER + bytes(4)
"""How bytecode begins that is good as long as time and size of its source are what it says next (PEP 552)."""
_HEADER = 16
_BYTECODE = f".{sys.implementation.cache_tag}.pyc"


class Loader(SourceFileLoader):
    """As any loader of source files, but it has been told where the bytecode is."""

    def __init__(self, name: str, path: str, bytecode: str) -> None:
        super().__init__(name, path)
        self._bytecode = bytecode

    def get_code(self, fullname: str) -> CodeType | None:
        """Its code: of the bytecode, when that was made of this source, here."""
        try:
            source = os.stat(self.path)
            with open(self._bytecode, "rb", 0) as file:
                data = file.read()
        except OSError:
            data = b""
        else:
            made_of = (int(source.st_mtime), source.st_size)
            if data.startswith(_PLAIN + b"".join([(each & 0xFFFFFFFF).to_bytes(4, "little") for each in made_of])):
                code: CodeType = loads(memoryview(data)[_HEADER:])  # noqa: S302 -- as Python's own loader does, of the same file
                if code.co_filename == self.path:
                    return code
        return super().get_code(fullname)


class Finder:
    """Knows the modules in our own package. Within `with` it is asked first; not under -O or PYTHONPYCACHEPREFIX, where bytecode is
    another. What an import makes stays, so that it is no time to collect garbage: that takes another tenth.
    """

    def __init__(self) -> None:
        self._there: dict[str, set[str]] = {}
        self._compiled = extension_suffixes()

    def __enter__(self) -> Self:
        gc.disable()
        if sys.pycache_prefix is None and not sys.flags.optimize:
            sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *_: object) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        gc.enable()

    def find_spec(self, name: str, path: Sequence[str] | None, _target: object = None) -> ModuleSpec | None:
        """Of a module or a package of ours (PEP 451); None: ask the others."""
        if not path or not name.startswith("adapter."):
            return None
        directory, last = path[0], name.rpartition(".")[2]
        there = self._seen(directory)
        if any([last + suffix in there for suffix in self._compiled]):  # noqa: C419 -- a list is quicker
            return None
        package = f"{directory}/{last}" if last in there else None
        if package is None and f"{last}.py" not in there:
            return None
        if package is not None:
            directory, last = package, "__init__"
        source, bytecode = f"{directory}/{last}.py", f"{directory}/__pycache__/{last}{_BYTECODE}"
        spec = ModuleSpec(name, Loader(name, source, bytecode), origin=source)
        spec.submodule_search_locations = None if package is None else [package]
        spec.cached = bytecode
        spec.has_location = True
        return spec

    def _seen(self, directory: str) -> set[str]:
        """What is in it."""
        there = self._there.get(directory)
        if there is None:
            try:
                there = set(os.listdir(directory))
            except OSError:
                there = set()
            self._there[directory] = there
        return there

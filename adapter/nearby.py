"""A short way to our own modules: a master and a preloader have 120 of them to find.

The ordinary way asks every finder, looks for each kind of file, and works out each name anew. Here one look at a directory says what is
in it, and the bytecode is read at once (`bytecode`, which is a shorter way still for those who know what they are going to need).
"""

from __future__ import annotations

import gc
import os
import sys
from _frozen_importlib_external import SourceFileLoader

from adapter.bytecode import COMPILED, files, module, ready, spec, usual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Self


class Loader(SourceFileLoader):
    """As any loader of source files, but it has been told where the bytecode is."""

    def __init__(self, name: str, path: str, bytecode: str) -> None:
        self.name = name
        self.path = path
        self._bytecode = bytecode

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module, with its attributes."""
        return module(spec)

    def get_code(self, fullname: str) -> CodeType | None:
        """Its code: of the bytecode, when that was made of this source, here."""
        return ready(self.path, self._bytecode) or super().get_code(fullname)


class Finder:
    """Knows the modules in our own package. Within `with` it is asked first, where bytecode is `usual`; and no garbage is collected."""

    def __init__(self) -> None:
        self._listings: dict[str, set[str]] = {}  # what was found in directories

    def __enter__(self) -> Self:
        gc.disable()
        if usual():
            sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *_: object) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        gc.enable()

    def find_spec(self, name: str, path: Sequence[str] | None, _target: object = None) -> ModuleSpec | None:
        """Of a module or a package of ours (PEP 451); None: ask the others."""
        found = self._where(name, path[0]) if path and name.startswith("adapter.") else None
        if found is None:
            return None
        source, bytecode, package = found
        return spec(Loader(name, source, bytecode), bytecode, package)

    def _where(self, name: str, directory: str) -> tuple[str, str, str | None] | None:
        """Source, bytecode and, of a package, its directory, when the module is in this one; None also when it is there compiled."""
        there = self._listings.get(directory)
        if there is None:
            there = self._listings[directory] = _listed(directory)
        last = name.rpartition(".")[2]
        if last in there:
            package = f"{directory}/{last}"
            return *files(package, "__init__"), package
        return (*files(directory, last), None) if f"{last}.py" in there else None


def _listed(directory: str) -> set[str]:
    """What is in it, but for modules that are there compiled and so for others to find."""
    try:
        there = set(os.listdir(directory))
    except OSError:
        return set()
    for each in [each for each in there if each.endswith(COMPILED)]:
        stem = each.partition(".")[0]
        there -= {stem, f"{stem}.py"}
    return there

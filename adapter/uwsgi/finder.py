"""`import uwsgi` finds ours (PEP 302, a meta path finder): before a `uwsgidecorators` that uWSGI left in site-packages."""

import os
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import MappingProxyType, ModuleType

_FILES = MappingProxyType({"uwsgi": "shim.py", "uwsgidecorators": "decorators.py"})


class Finder:
    """Knows two names. Not an `importlib.abc.MetaPathFinder`: that module brings twenty more along, `tempfile` and `lzma` among them."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 -- the protocol's signature
        target: ModuleType | None = None,  # noqa: ARG002 -- as above
    ) -> ModuleSpec | None:
        """How to load it; None for every other name."""
        if fullname not in _FILES:
            return None
        return spec_from_file_location(fullname, os.path.join(os.path.dirname(__file__), _FILES[fullname]))

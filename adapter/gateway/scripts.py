"""Python files that are not called `.py`, as mod_wsgi and uWSGI load them: `shop.wsgi`."""

import os
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from typing import Any


class _Uncached(SourceFileLoader):
    """The cache of `shop.wsgi` would be that of `shop.py` beside it."""

    def path_stats(self, path: Any) -> Any:
        """Without these nothing is cached (importlib.abc.SourceLoader)."""
        raise OSError(path)


def spec(path: str) -> ModuleSpec | None:
    """Its module is `shop_wsgi`: the file's first line may well import `shop`."""
    name = os.path.basename(path).replace(".", "_")
    return spec_from_file_location(name, path, loader=_Uncached(name, path))

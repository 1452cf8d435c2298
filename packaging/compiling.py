"""setuptools as the build backend (PEP 517), which also asks for mypyc's compiler when the hot path is to be compiled: see setup.py."""

import os
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403 -- it is setuptools but for the two below

WANTED = os.environ.get("ADAPTER_COMPILED") == "1"
COMPILER = "mypy==2.4.1"  # the one that checks our types


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """What a build needs besides `build-system.requires`. Not asked of setup.py, which already needs it."""
    return [COMPILER] if WANTED else build_meta.get_requires_for_build_wheel(config_settings)


def get_requires_for_build_editable(config_settings: Any = None) -> list[str]:
    """The first that is asked of us. Refused when compiled: the compiled files would lie beside the source, and hide its changes."""
    if WANTED:
        raise SystemExit(
            "adapter: fatal: cannot compile an editable installation: later changes would not be seen; leave --editable out"
        )
    return build_meta.get_requires_for_build_editable(config_settings)

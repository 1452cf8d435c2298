"""`ADAPTER_COMPILED=1 pip install .` compiles the hot path with mypyc, from the very files that run without: a C compiler and Python's
headers are needed for it, and for nothing else. Everything else is in pyproject.toml.
"""

import os
from glob import glob

from setuptools import setup

SHOWN = {"adapter/roles/serving/showing.py"}
"""A call's own frame, by which roles/lastwords.py knows it in a stack: compiled code has none."""
HOT = [
    "adapter/gateway/environ.py",
    "adapter/gateway/wsgi.py",
    "adapter/lifecycle/pace.py",
    *(path for protocol in ("cgi", "http1", "scgi", "uwsgi") for path in glob(f"adapter/protocols/{protocol}/*.py")),
    *glob("adapter/roles/serving/*.py"),
]
"""What each request passes through, and nothing that runs once."""


def compiled() -> list:
    """The modules of HOT, as extensions."""
    from mypyc.build import mypycify  # noqa: PLC0415 -- only this build needs it

    sources = [path for path in HOT if path not in SHOWN and not path.endswith("__init__.py")]
    optimized = os.environ.get("ADAPTER_COMPILED_OPTIMIZE", "3")  # gcc's -O; the tests ask for 0: it is built in half the time
    return mypycify(sources, group_name="adapter", opt_level=optimized, debug_level="0")


setup(ext_modules=compiled() if os.environ.get("ADAPTER_COMPILED") == "1" else [])

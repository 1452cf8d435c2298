"""Outside a worker the in-app API says so, by name, and does no harm to who only imports it."""

import subprocess
import sys

import pytest

from adapter import api

ASKED = ["worker_id", "slot", "generation", "master_pid", "draining", "workers", "reload", "stop", "log", "logged"]


@pytest.mark.parametrize("name", ASKED)
def test_outside(name):
    """Each function says which one it was, and what to do."""
    with pytest.raises(api.NotServing, match=rf"^{name}\(\): this process is no worker of adapter's; run the application with"):
        getattr(api, name)()


def test_no_deadline_outside():
    """Nor is there a deadline to extend; and never by less than nothing."""
    with pytest.raises(api.NotServing, match=r"^extend_deadline\(\): this process is no worker"):
        api.extend_deadline(5)
    for nothing in (-1, float("nan")):
        with pytest.raises(ValueError, match="takes seconds from 0 on"):
            api.extend_deadline(nothing)


@pytest.mark.parametrize("verb", ["acquire", "release", "locked"])
def test_locks_outside(verb):
    """A lock can be prepared anywhere; to hold one takes a worker."""
    with pytest.raises(api.NotServing, match=rf"^lock\('x'\)\.{verb}\(\): this process is no worker"):
        getattr(api.lock("x"), verb)()


def test_postfork_outside():
    """A function decorated for workers stays what it is, and is not called."""

    @api.postfork
    def never():
        raise AssertionError

    assert never.__name__ == "never"


def test_it_imports_nothing_of_the_servers():
    """Whoever imports it for a management command pays for nothing else of adapter's."""
    code = "import sys, adapter.api; print([name for name in sys.modules if name.startswith('adapter.')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "['adapter.api']\n"


def test_no_uwsgi_outside():
    """Outside a worker there is no module `uwsgi` of ours: applications see that they do not run under it."""
    code = "import adapter.api, uwsgi"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "ModuleNotFoundError: No module named 'uwsgi'" in run.stderr

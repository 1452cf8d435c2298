"""--watch, for development: what one saves is what one sees, and what is broken is told and does not stop anything."""

import itertools
import os
from pathlib import Path

from kit.commands import answer
from kit.server import Adapter, wait_until_gone
from kit.until import until

APP = """
import part
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [part.WORDS]
"""


def save(path: Path, text: str) -> None:
    """As an editor does: a backup, a new file under the old name, the backup gone."""
    backup = path.with_name(path.name + "~")
    if path.exists():
        path.rename(backup)
    path.write_text(text)
    backup.unlink(missing_ok=True)


def watching(*options: str) -> Adapter:
    """A server of an application in two files, not started yet."""
    server = Adapter("web.py", "--watch", "--workers=1", *options, env={"PYTHONUNBUFFERED": "1"})
    server.write("web.py", APP)
    server.write("part.py", 'WORDS = b"one"\n')
    return server


def until_serving(server: Adapter, generation: int) -> None:
    """Until it serves, and nobody of the former one is left to meet."""
    server.wait_for(f"adapter: info: serving generation={generation} ")
    for worker in server.ready():
        if worker.generation < generation:
            wait_until_gone(worker.pid)


def test_a_save_is_a_reload() -> None:
    """Of the application's file, of a module it imports, in several pieces within a moment: one workers reload each time."""
    with watching() as server:
        address = server.address
        until_serving(server, 1)
        assert answer(address) == b"one"
        save(server.directory / "part.py", 'WORDS = b"two"\n')
        until_serving(server, 2)
        assert answer(address) == b"two"
        save(server.directory / "other.py", 'WORDS = b"three"\n')
        save(server.directory / "web.py", APP.replace("part", "other"))
        until_serving(server, 3)
        assert answer(address) == b"three"
        save(server.directory / "other.py", 'WORDS = b"four"\n')  # known since the last reload
        until_serving(server, 4)
        assert answer(address) == b"four"
        assert sum("workers-reload source=" in line for line in server.log.all()) == 3


def test_what_is_broken_is_shown_and_the_old_code_serves() -> None:
    """A syntax error, an import error: the log shows them, the old code answers; the file that is mended, or was missing, reloads."""
    with watching() as server:
        address = server.address
        until_serving(server, 1)
        save(server.directory / "part.py", "WORDS = b'two\n")
        server.wait_for("adapter: error: workers-reload failed: .*SyntaxError")
        server.wait_for(r"adapter: \| .*part.py")
        assert answer(address) == b"one"
        save(server.directory / "part.py", "from other import WORDS\n")
        server.wait_for("adapter: error: workers-reload failed: .*No module named 'other'")
        save(server.directory / "other.py", 'WORDS = b"three"\n')
        os.utime(server.directory / "part.py", (7, 7))
        server.wait_for("adapter: info: serving generation=4 ")


def test_lazy_apps_are_watched_too() -> None:
    """With --lazy-apps the workers tell what they import."""
    with watching("--lazy-apps") as server:
        address = server.address
        until_serving(server, 1)
        save(server.directory / "part.py", 'WORDS = b"two"\n')
        until_serving(server, 2)
        assert answer(address) == b"two"


def test_what_a_request_imports_is_watched_too() -> None:
    """A module that only the first request imports (as Django does its views): saving it reloads, too."""
    server = watching()
    server.write("web.py", APP.replace("import part\n", "").replace("    start", "    import part\n    start"))
    with server:
        address = server.address
        until_serving(server, 1)
        assert answer(address) == b"one"
        # The worker tells of it a moment after the answer: a save before that is one of a file nobody knows. So it is saved until heard.
        numbers = itertools.count()

        def saved() -> bool:
            save(server.directory / "part.py", f'WORDS = b"two {next(numbers)}"\n')
            answer(address)
            return any("workers-reload source=" in line for line in server.log.all())

        until(saved, bool)
        until_serving(server, 2)
        assert answer(address).startswith(b"two")


def test_the_configuration_is_watched_too() -> None:
    """Saving the --config file, or a file that the --ini includes, is a whole reload; one that is wrong is told and changes nothing."""
    server = watching("--config=adapter.toml", "--ini=web.ini")
    server.write("adapter.toml", "[adapter]\n")
    server.write("web.ini", "[uwsgi]\nini = more.ini\ndie-on-term\n")
    server.write("more.ini", "[uwsgi]\nthreads = 2\n")
    with server:
        until_serving(server, 1)
        save(server.directory / "adapter.toml", "[adapter]\nthreads = none\n")
        server.wait_for("adapter: error: reload failed: ")
        save(server.directory / "adapter.toml", "[adapter]\nthreads = 2\n")
        server.wait_for("adapter: info: serving generation=2 ")
        save(server.directory / "more.ini", "[uwsgi]\nthreads = 3\n")
        server.wait_for("adapter: info: serving generation=3 ")
        save(server.directory / "part.py", 'WORDS = b"two"\n')
        server.wait_for("adapter: info: serving generation=4 ")

"""What the options put in front of the application, as a visitor finds it."""

import http.client
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.asked import Asked, talk
from kit.server import Adapter

APP = """
import os
def application(environ, start_response):
    start_response("200 OK", [("X-App", "yes")])
    return [f"app {environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{os.environ.get('TOLD', '')}".encode()]
"""
DATA = os.urandom(1 << 20) * 3


class Site(Adapter):
    """A server with files, mounts, added fields, and a command before each load."""

    def __init__(self) -> None:
        super().__init__(
            "app.py",
            "--static-map=/static=static",
            "--static-map=/favicon.ico=static/app.css",
            "--check-static=public",
            "--static-index=index.html",
            "--static-max-age=1h",
            "--mount=/shop=app.py",
            "--add-header=X-Frame-Options: DENY",
            "--before-load=echo before >>ran; test ! -e broken",
            "--health-path=/-/ready",
            "--workers=2",
        )
        self.write("app.py", APP)
        for name, data in {
            "static/app.css": b"body {}", "static/big.bin": DATA, "static/.secret": b"no", "public/robots.txt": b"all",
            "public/docs/index.html": b"<p>", "public/-/ready": b"wrong", "secret": b"no",
        }.items():  # fmt: skip
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (self.directory / "static/link").symlink_to("../secret")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One for all the questions."""
    with Site() as server:
        server.wait_for("adapter: info: serving generation=")
        yield server


def ask(site: Site, path: str, method: str = "GET", **fields: str) -> tuple[int, dict[str, str], bytes]:
    """Status, fields, content."""
    host, _, port = site.address.rpartition(":")
    wire = http.client.HTTPConnection(host, int(port), timeout=60)
    wire.request(method, path, headers={name.replace("_", "-"): value for name, value in fields.items()})
    with wire.getresponse() as got:
        answer = got.status, {name.lower(): value for name, value in got.getheaders()}, got.read()
    wire.close()
    return answer


def test_a_file(site: Site) -> None:
    """It comes with its kind, its date, its tag, the time to keep it and the added field; and not from the application."""
    status, fields, content = ask(site, "/static/app.css?v=1")
    assert (status, content) == (200, b"body {}")
    expected = {
        "content-type": "text/css", "content-length": "7", "cache-control": "max-age=3600", "accept-ranges": "bytes",
        "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    }  # fmt: skip
    assert expected.items() <= fields.items()
    assert "x-app" not in fields
    assert ask(site, "/static/app.css", If_None_Match=fields["etag"])[0] == 304
    assert ask(site, "/static/app.css", If_Modified_Since=fields["last-modified"])[::2] == (304, b"")
    status, fields, content = ask(site, "/static/app.css", "HEAD")
    assert (status, fields["content-length"], content) == (200, "7", b"")
    assert ask(site, "/favicon.ico")[2] == b"body {}"


def test_parts_of_a_large_file(site: Site) -> None:
    """A range is those bytes, sent by the kernel; one past the end is refused; all of it is all of it."""
    assert ask(site, "/static/big.bin")[2] == DATA
    status, fields, content = ask(site, "/static/big.bin", Range="bytes=1000000-2500000")
    assert (status, content) == (206, DATA[1000000:2500001])
    assert fields["content-range"] == f"bytes 1000000-2500000/{len(DATA)}"
    assert ask(site, "/static/big.bin", Range="bytes=9999999-")[0] == 416


def test_directories(site: Site) -> None:
    """A directory's index comes under its slash; without it, the client is sent there."""
    assert ask(site, "/docs/")[::2] == (200, b"<p>")
    status, fields, _ = ask(site, "/docs?a=b")
    assert (status, fields["location"]) == (301, "/docs/?a=b")
    assert ask(site, "/robots.txt")[2] == b"all"


def test_what_is_no_file_is_the_applications(site: Site) -> None:
    """What is not there, hidden, a link, above, or asked for by another method than GET and HEAD."""
    for path in (
        "/static/absent",
        "/static/.secret",
        "/static/link",
        "/static/../secret",
        "/static/%2e%2e/secret",
        "/static",
        "/robots.txt/",
        "/favicon.ico/",
        "/favicon.ico/x",
    ):
        line = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        assert b"\r\n\r\napp |" in talk(site.address, line), path
    assert ask(site, "/static/app.css", "POST")[2].startswith(b"app |/static/app.css|")


def test_mounts_and_added_fields(site: Site) -> None:
    """The mounted application has its own paths, and its responses the field; our own path stays ours."""
    status, fields, content = ask(site, "/shop/cart")
    assert (status, fields["x-app"], fields["x-frame-options"], content) == (200, "yes", "DENY", b"app /shop|/cart|")
    assert ask(site, "/shopping")[2] == b"app |/shopping|"
    assert ask(site, "/-/ready")[2] == b"ready\n"


def test_a_command_before_each_load(site: Site) -> None:
    """It runs once per load, whatever the number of workers; when it fails the reload is refused, and the old generation serves on."""
    ran = site.directory / "ran"
    before = ran.read_text().count("before")
    site.reload()
    assert ran.read_text().count("before") == before + 1
    (site.directory / "broken").touch()
    assert "--before-load 'echo before >>ran; test ! -e broken' failed: exit code 1" in site.refuse_reload()
    assert Asked(site.address, "/x").answer() == (200, b"app |/x|")
    (site.directory / "broken").unlink()


def test_mounts_only() -> None:
    """Without an application of its own, a server has its mounts and answers 404 elsewhere; a mount that fails is named."""
    server = Adapter("--mount=/a=a.py", "--mount=/b=b.py")
    server.write("a.py", APP)
    server.write("b.py", APP.replace("app ", "other "))
    with server:
        assert Asked(server.address, "/b/x").answer() == (200, b"other /b|/x|")
        assert Asked(server.address, "/").answer()[0] == 404
        server.write("b.py", "raise KeyError('b')\n")
        server.refuse_reload()
        server.log.wait_for(r"\(this was --mount /b=b\.py\)")


def test_inetd_has_them_too(tmp_path: Path) -> None:
    """`adapter inetd` gives files, whole and in part, over a pipe too."""
    import subprocess

    from kit.server import PROGRAM

    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "f.txt").write_text("0123456789")
    asked = b"GET /f.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\nGET /x/y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    argv = [*PROGRAM, "inetd", "app.py", "--check-static=.", "--mount=/x=app.py"]
    run = subprocess.run(argv, cwd=tmp_path, input=asked, capture_output=True, timeout=60, check=False)
    assert b"HTTP/1.1 206" in run.stdout
    assert b"\r\n\r\n234HTTP/1.1 200 OK" in run.stdout
    assert b"app /x|/y|" in run.stdout


def test_a_directory_that_is_not_there_is_told() -> None:
    """At the start, with its path; the application is asked for what would be there."""
    with Adapter("hello.py", "--static-map=/static=nowhere") as server:
        said = server.wait_for("adapter: warning: nothing is where files are to be found: ")
        assert (said["path"], said["reason"]) == (str(server.directory / "nowhere"), "No such file or directory")
        assert Asked(server.address, "/static/app.css").answer() == (200, b"hello\n")

"""The service of conf/s6-overlay under the real s6-svscan. There is no s6-overlay here: with-contenv is sh, and what a Dockerfile prepares is made by hand."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from signal import SIGTERM

from kit.asked import Asked, free_port
from kit.environment import environment
from kit.server import APPS, PROGRAM, Caged, listening

_CONF = Path(__file__).parents[2] / "conf" / "s6-overlay"


def test_ready_reload_and_stop() -> None:
    """Ready when a worker answers, by notification-fd; HUP reloads; a stop answers what is in flight, within Docker's ten seconds."""
    directory = Path(tempfile.mkdtemp(prefix="adapter-overlay-"))
    port = free_port()
    address = f"127.0.0.1:{port}"
    service = directory / "service" / "shop"
    shutil.copytree(_CONF / "s6-rc.d" / "shop", service)
    (directory / "app").mkdir()
    (directory / "run").mkdir()
    shutil.copy(APPS / "slow.py", directory / "app" / "hello.py")
    text = (service / "run").read_text()
    for old, new in {
        "/command/with-contenv sh": "/bin/sh",
        "/srv/app": f"{directory}/app",
        "/run/shop/": f"{directory}/run/",
        "0.0.0.0:8000": address,
        "    --uid app \\\n": "",
        "exec adapter": f"exec {PROGRAM[0]}",
    }.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (service / "run").write_text(text)

    def s6(*words: str) -> None:
        subprocess.run([*words, str(service)], check=True, timeout=60)

    scan = Caged(["s6-svscan", str(directory / "service")], directory, environment())
    try:
        scan.log.wait_for("adapter: info: serving generation=1")
        s6("s6-svwait", "-U", "-t", "60000")
        s6("s6-svc", "-h")
        scan.log.wait_for("adapter: info: serving generation=2")
        mark = scan.log.mark()
        slow = Asked(address, "/slow?seconds=1")
        scan.log.wait_for("slow: begun", since=mark)
        s6("s6-svc", "-wD", "-T", "10000", "-d")
        assert slow.answer() == (200, b"slow\n")
        scan.log.wait_for("finish: adapter ended code=0")
        scan.signal(SIGTERM)
        assert scan.exit_code() == 0
    finally:
        left = scan.end()
    assert left == []
    assert not listening(address)
    shutil.rmtree(directory)

"""The sample application of examples/ behind the sample configurations of examples/nginx, all as they stand, with one adapter."""

import os

import pytest

from kit.proxies import ROOT, nginx
from kit.server import Adapter

SPECS = {"hello.py": "application", "flask_app.py": "app"}
SAMPLES = {"uwsgi.conf": "--uwsgi=unix:{directory}/uwsgi.sock", "scgi.conf": "--scgi=unix:{directory}/scgi.sock",
           "proxy.conf": "--bind=unix:{directory}/http.sock"}  # fmt: skip


@pytest.mark.parametrize("app", SPECS)
def test_sample(app: str) -> None:
    """Each front end gets its answer from a worker of the one server, which speaks three protocols at once."""
    with Adapter(
        f"{app}:{SPECS[app]}", f"--chdir={ROOT}/examples", "--forwarded-allow-ips=unix", *SAMPLES.values(), bind=()
    ) as server:
        server.wait_for("adapter: info: serving generation=")
        worker = str(server.ready()[0].pid)
        for sample in SAMPLES:
            with nginx(sample, server.directory) as front:
                got = front.get("/")
                assert (got.status, f"from worker {worker}" in got.body.decode()) == (200, True), sample
    assert not os.path.exists(server.directory / "http.sock")

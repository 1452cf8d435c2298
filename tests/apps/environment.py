"""Answers with what it found at import: GREETING of the environment and the text of the file `version` beside it."""

import json
import os
from pathlib import Path

_version = Path(__file__).with_name("version")
FOUND = {"greeting": os.environ.get("GREETING"), "version": _version.read_text().strip() if _version.exists() else None}


def application(environ, start_response):
    """What was found then, what the environment says now, and who answers; JSON."""
    now = {**FOUND, "now": os.environ.get("GREETING"), "pid": os.getpid(), "cwd": os.getcwd()}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(now).encode()]

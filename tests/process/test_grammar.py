"""uWSGI's INI as real uWSGI reads it."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapter.config.ini.reading import read
from kit.grammar import ENVIRON, FILE, FILES, LINES, OTHERWISE

UWSGI = Path(sys.executable).with_name("uwsgi")
ITS_OWN = re.compile(
    r"(show-config|hook-pre-jail|ini|include|inherit|config|i?print|declare-option|set|set-ph|set-placeholder|if.*|for.*|end.*)="
)
VARIES = ("%t", "%V", "%k", "%u")  # the time, the version, the processors that may be used, the user


def laid_out(directory, text):
    """The row's file, and those it may ask for."""
    (directory / "conf").mkdir(parents=True)
    for name, data in {**FILES, FILE: f"[uwsgi]\n{text}\n[second]\ns = second"}.items():
        if name != "big":
            (directory / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def shown(directory, text):
    """What uWSGI shows as its configuration, before it does anything with it."""
    laid_out(directory, text)
    command = [UWSGI, "--show-config", "--hook-pre-jail", "exit", "--ini", FILE]
    environ = {**ENVIRON, "PATH": os.environ["PATH"]}
    said = subprocess.run(command, cwd=directory, env=environ, capture_output=True, timeout=60, check=False)
    _, _, told = (said.stdout + said.stderr).decode().partition("\n[uwsgi]\n")
    found = re.findall(r"^([^ \n]+) = (.*(?:\n(?!;end|[^ \n]+ = ).+)*)", told.partition("\n;end of")[0], re.MULTILINE)
    lines = [f"{key}={'' if value == 'true' else value}" for key, value in found]
    return [line for line in lines if not ITS_OWN.match(line)]


def test_real_uwsgi_reads_the_same(tmp_path, monkeypatch):
    """Each rule of the grammar comes out as real uWSGI shows it, but for the accidents that are listed."""
    rows = {tmp_path / str(number): text for number, (text, _) in enumerate(LINES) if not any(sign in text for sign in VARIES)}
    with ThreadPoolExecutor(4) as several:
        theirs = list(several.map(shown, rows, rows.values()))
    for (directory, text), lines in zip(rows.items(), theirs, strict=True):
        monkeypatch.chdir(directory)
        ours = [f"{line.name}={line.value}" for line in read(FILE, ENVIRON).lines]
        accident = [line.replace("/srv/app", str(directory)) for line in OTHERWISE.get(text, ())]
        assert lines == (accident if text in OTHERWISE else ours), text
        assert lines != ours or text not in OTHERWISE, text

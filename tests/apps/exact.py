"""The application behind kit.load: every answer can be told by its question, byte by byte (see kit.exchange).

`version` beside this file, read at import, is in each answer's X-Version. With LEDGER in the environment, each call appends
its nonce to that file: a test can tell that none was called twice.
"""

import hashlib
import os
import time
from pathlib import Path
from urllib.parse import parse_qs

BIG = 100_000
_version = Path(__file__).with_name("version")
VERSION = _version.read_text().strip() if _version.exists() else "1"


def application(environ, start_response):
    """/small /slow?seconds= /big /stream /post, each with ?nonce=."""
    asked = parse_qs(environ["QUERY_STRING"])
    nonce = asked["nonce"][0]
    line = f"{nonce}\n".encode()
    if "LEDGER" in os.environ:
        write_line(os.environ["LEDGER"], line)
    name = environ["PATH_INFO"]
    if name == "/slow":
        time.sleep(float(asked["seconds"][0]))
    headers = [("Content-Type", "text/plain"), ("X-Version", VERSION), ("X-Worker", str(os.getpid()))]
    if name == "/stream":
        start_response("200 OK", headers)
        return pieces(big(line))
    body = {"/small": line, "/slow": line}.get(name)
    if name == "/big":
        body = big(line)
    if name == "/post":
        body = digest(environ["wsgi.input"], nonce)
    start_response("200 OK" if body else "404 Not Found", [*headers, ("Content-Length", str(len(body or b"")))])
    return [body or b""]


def big(line):
    """BIG bytes of the repeated line."""
    return (line * (BIG // len(line) + 1))[:BIG]


def pieces(body):
    """The body in pieces of growing size, an empty one among them."""
    at, size = 0, 0
    while at < len(body):
        yield body[at : at + size]
        at, size = at + size, size + 1111


def digest(stream, nonce):
    """What came: its SHA-256 and length."""
    seen, length = hashlib.sha256(), 0
    while data := stream.read(65536):
        seen.update(data)
        length += len(data)
    return f"{seen.hexdigest()} {length} {nonce}\n".encode()


def write_line(path, line):
    """One write to a file opened to append: lines of several processes never mix."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, line)
    os.close(fd)

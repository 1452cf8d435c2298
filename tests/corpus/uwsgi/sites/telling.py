"""Tells what an application finds, as JSON. Every site of the corpus has a copy beside its code."""

import json
import os

LOAD = os.urandom(8).hex()  # another one each time the code is loaded


def tell(environ):
    """The request, the process, and the load that this code belongs to."""
    told = {
        "environ": {name: value for name, value in sorted(environ.items()) if isinstance(value, str | bool | int | tuple)},
        "os": dict(sorted(os.environ.items())),
        "cwd": os.getcwd(),
        "user": [os.geteuid(), os.getegid()],
        "pid": os.getpid(),
        "master": os.getppid(),
        "load": LOAD,
        "body": environ["wsgi.input"].read().decode("latin-1"),
    }
    return json.dumps(told).encode()


def application(environ, start_response):
    """Tells; below /raise it raises, at /teapot it answers with 418, at /missing with 404."""
    path = environ["PATH_INFO"]
    if path.startswith("/raise"):
        raise RuntimeError("raised at " + path)
    status = {"/teapot": "418 I'm a teapot", "/missing": "404 Not Found"}.get(path, "200 OK")
    body = tell(environ)
    fields = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("X-Application", "telling")]
    start_response(status, fields)
    return [body]

"""Answers with what it was told of the connection, and with what is around it: descriptors, directory, environment; JSON."""

import json
import os
import stat


def application(environ, start_response):
    """What CGI calls meta-variables, what WSGI adds, and the process; reads its descriptor 0 to see that it is nobody's."""
    told = {name: value for name, value in environ.items() if isinstance(value, str | int | bool)}
    sockets = [fd for fd in range(3) if stat.S_ISSOCK(os.fstat(fd).st_mode)]
    own = {"pid": os.getpid(), "cwd": os.getcwd(), "sockets": sockets, "stdin": os.read(0, 100).decode(), "env": dict(os.environ)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({**told, **own}).encode()]

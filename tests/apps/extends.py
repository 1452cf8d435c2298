"""Asks for ?more= seconds beyond --request-timeout, then takes ?seconds=."""

import time
from urllib.parse import parse_qs


def application(environ, start_response):
    """Answers when it is done."""
    asked = parse_qs(environ["QUERY_STRING"])
    environ["adapter.extend_deadline"](float(asked["more"][0]))
    time.sleep(float(asked["seconds"][0]))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"done\n"]

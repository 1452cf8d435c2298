"""Takes an upload and says how long it was."""


def application(environ, start_response):
    """Reads to the end, as an upload is read."""
    body, total = environ["wsgi.input"], 0
    while block := body.read(65536):
        total += len(block)
    said = b"%d\n" % total
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said]

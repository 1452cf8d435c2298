"""wsgiref's validator between us and a small application: it objects to any breach of PEP 3333."""

from wsgiref.validate import validator


@validator
def application(environ, start_response):
    """Reads the body, answers with its length."""
    length = len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{length}\n".encode()]

"""An application that must be made: `factory.py:create()`."""


def create():
    """The application."""

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"made\n"]

    return application

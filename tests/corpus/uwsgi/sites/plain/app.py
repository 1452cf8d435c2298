"""One file, as in the first lines of uWSGI's own quickstart."""

from telling import application as tells


def application(environ, start_response):
    """What uWSGI looks for when nothing else is said."""
    return tells(environ, start_response)


def other(environ, start_response):
    """Another one in the same file: `callable = other`."""

    def started(status, fields, exc_info=None):
        return start_response(status, [*fields, ("X-Other", "yes")], exc_info)

    return tells(environ, started)

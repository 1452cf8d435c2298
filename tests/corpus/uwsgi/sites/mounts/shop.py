"""The other of two applications beside each other."""

from telling import application as tells


def application(environ, start_response):
    """Says that it is the shop."""
    return tells(environ, lambda status, fields, *more: start_response(status, [*fields, ("X-Site", "shop")], *more))

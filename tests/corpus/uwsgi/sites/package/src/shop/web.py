"""Its WSGI side."""

from telling import application

__all__ = ["application"]

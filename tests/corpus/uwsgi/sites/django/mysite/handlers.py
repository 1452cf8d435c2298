"""What stands for Django here: it imports the settings it is told of, and refuses to begin without."""

import importlib
import os

from telling import application


class WSGIHandler:
    """A callable made by a call, as Django's is."""

    def __init__(self):
        self.settings = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])

    def __call__(self, environ, start_response):
        """PEP 3333."""

        def started(status, fields, exc_info=None):
            return start_response(status, [*fields, ("X-Settings", self.settings.__name__)], exc_info)

        return application(environ, started)

"""The wsgi.py of every Django project."""

import os

from mysite.handlers import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mysite.settings")

application = WSGIHandler()

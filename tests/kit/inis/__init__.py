"""The corpus of INI files (tests/corpus/uwsgi), and what lives by it: adapter, and real uWSGI beside it."""

"""uWSGI's Python modules, `uwsgi` and `uwsgidecorators`, for applications that were written for it. Made of `adapter.api`.

What manages processes is there. What is not (caches, spooler, mules, queues …) is no attribute, so that `hasattr` tells the truth,
and the error says what to use instead. They exist in adapter's own processes only, when the application imports them.
"""

"""The uwsgi protocol (uwsgi-docs.readthedocs.io, "The uwsgi Protocol") as nginx's uwsgi_pass speaks it: one packet of variables, the
content after it, one answer in HTTP, then the end. What the variables mean is in `protocols/cgi`.

uWSGI's servers load and run what some of the variables name. Here a variable never does anything: it is for the application.
"""

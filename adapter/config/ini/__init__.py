"""uWSGI's INI as uWSGI 2.0.31 reads it (its core/ini.c, core/config.c; uwsgi-docs "Configuring uWSGI", "ConfigLogic").

All but `disk` only thinks. In this order: limits, world, magic, sheet, logic, filling, walk, reading. What an option means is not known here.

Where uWSGI's own reading is an accident that nobody can have meant (a condition asked anew for each line, a newline that a `%` took
away), the file is read as it was meant, and a remark says so.
"""

"""What we were asked to be: one table of options, and the ways to fill it in.

`settings` is the table. Command line, environment, config file, `--help` and docs/options.md are all made from it.
"""

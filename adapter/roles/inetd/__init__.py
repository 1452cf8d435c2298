"""One connection on the standard input, served in one thread. Read in this order: inetd, stdio, conversation. Every import is paid for per connection."""

MODULES = (
    "config/", "exits", "config/kinds", "config/fronts", "config/settings", "config/argv", "config/envdir",
    "config/resolve", "gateway/", "gateway/load", "gateway/file_wrapper", "gateway/out", "poll", "log",
    "protocols/", "protocols/http1/", "protocols/http1/events", "protocols/http1/names",
    "protocols/http1/fields", "protocols/http1/sending", "protocols/spoken", "protocols/http1/limits",
    "protocols/http1/target", "protocols/http1/head", "protocols/http1/receiving", "gateway/environ",
    "roles/serving/", "gateway/wsgi", "protocols/http1/dates", "roles/serving/dates",
    "roles/serving/incoming", "roles/serving/answering", "unix/", "unix/descriptors", "roles/inetd/stdio",
    "roles/serving/lingering", "unix/traps", "roles/inetd/conversation", "roles/logs",
    "roles/serving/fronted", "roles/surroundings", "roles/inetd/inetd",
)  # fmt: skip
"""Of our own, all that a connection needs, by their paths, a package's with a slash behind; each behind those it imports, as `bytecode` wants
them. What is not here is found, but dearly.
"""

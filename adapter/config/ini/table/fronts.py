"""What stands in front of the application: files, added fields, routes."""

import posixpath
from collections.abc import Sequence

from adapter.config.ini.addresses import below
from adapter.config.ini.rows import Given, Line, Outcome, Row, Said, Sheet, Verdict, ignored, implied, refused, same, translated

_EVERYTHING = frozenset({"*", "/*", ".*", "/.*", "^/", "^.*$", "^/.*", "^"})
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "content-length", "date"})
_ROUTES = "routes are the proxy's (nginx: rewrite, return, map), or a middleware's"


def _map(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """`static-map2` keeps the prefix in the file's name."""
    for line in lines:
        prefix, equals, directory = line.value.partition("=")
        if line.name == "static-map2":
            directory = posixpath.join(directory, prefix.strip("/"))
        path = prefix if prefix.startswith("/") else f"/{prefix}"
        yield Given("static_map", f"{path}{equals}{below(sheet.text('chdir'), directory)}" if equals else line.value, (line,))


def _check(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    return [Given("check_static", below(sheet.text("chdir"), line.value), (line,)) for line in lines]


def _expires(_: Sheet, lines: Sequence[Line]) -> Outcome:
    for line in lines:
        pattern, seconds = [*line.value.replace("=", " ").split(" ", 1), ""][:2]
        if pattern in _EVERYTHING and seconds.strip().isdigit():
            yield Given("static_max_age", seconds.strip(), (line,))
        else:
            yield Said(line, Verdict.IGNORED, "one time is for all files (static-max-age)")


def _headers(_: Sheet, lines: Sequence[Line]) -> Outcome:
    """What a connection is like is not the application's to say."""
    for line in lines:
        if line.value.partition(":")[0].strip().lower() in _HOP_BY_HOP:
            yield Said(line, Verdict.IGNORED, "the server itself says this of each connection")
        else:
            yield Given("add_header", line.value, (line,))


def _skipped(sheet: Sheet, lines: Sequence[Line]) -> Outcome:
    """What was kept from the world there would be given to it here."""
    used = sheet.all("static-map") + sheet.all("check-static") + sheet.all("static-map2")
    for line in lines:
        if used:
            yield Said(line, Verdict.REFUSED, "all files below static-map and check-static are given: keep others elsewhere")
        else:
            yield Said(line, Verdict.IGNORED, "there are no static files")


ROWS: tuple[Row, ...] = (
    translated("static-map", "static_map", _map, "no link below is followed, nothing hidden is given"),
    translated("static-map2", "static_map", _map),
    translated("check-static static-check", "check_static", _check, "no link below is followed, nothing hidden is given"),
    same("static-index", many=True),
    translated("static-expires static-expires-uri static-expires-path-info", "static_max_age", _expires, "one time for all files"),
    ignored("static-expires-*", "one time is for all files (static-max-age)"),
    ignored("static-gzip static-gzip-*", "files are given as they are: compress in the proxy"),
    translated("static-skip-ext", "", _skipped, "refused when there are static files"),
    ignored("static-safe static-cache-paths static-cache-paths-name", "links are not followed, files are found by the kernel each time"),
    ignored("mimefile mime-file", "adapter has a table of its own"),
    refused("check-static-docroot check-cache", "name the directory: check-static"),
    ignored("file-serve-mode fileserve-mode disable-sendfile", "the kernel sends files"),
    implied("honour-range", "of files"),
    translated("add-header", "add_header", _headers, "what a connection is like (Connection and others) is the server's to say"),
    refused("rem-header del-header pull-header collect-header response-header-collect", "a middleware, or the proxy, changes fields"),
    refused("error-page-*", "the proxy's (nginx: error_page), or the framework's"),
    refused("route route-* final-route final-route-* error-route error-route-* response-route response-route-*", _ROUTES),
    ignored("ignore-script-name", "SCRIPT_NAME is empty, but for a mount"),
    refused("http-var", "set it in the proxy"),
    refused("geoip-* ldap ldap-* pam pam-* webdav-* xslt-*", "the proxy's, or a middleware's"),
    ignored("cache-* queue-*", "there is no cache"),
    refused("cache cache2 add-cache-item load-file-in-cache load-file-in-cache-gzip queue sharedarea A", "there is no cache: memcached, Redis, or the framework's own"),
    refused("rpc-max symcall symcall-*", "there is no RPC: use HTTP"),
    refused("cgi cgi-* php-* psgi psgi-* perl-* plshell plshell-* rack rails ruby-* rb-* rbrequire rubyrequire require shared-rb-* shared-ruby-* shared-rbrequire"
            " shared-rubyrequire shared-require gemset rvm rvm-path rbshell rbshell-* lua lua-* luashell jvm-* jwsgi mono-* go-* gccgo-* goroutines ring-* clojure-load"
            " pypy-* dumbloop-* rados-* glusterfs-* sqlite sqlite3 notfound-log forkpty-* forkptyrouter forkptyrouter-* forkptyurouter pty-*", "only Python's WSGI is served"),
    refused("fastrouter fastrouter-* rawrouter rawrouter-* sslrouter sslrouter-* sslrouter2", "routers are proxies: nginx, HAProxy"),
)  # fmt: skip

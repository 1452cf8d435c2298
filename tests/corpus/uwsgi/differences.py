"""What is otherwise than under real uWSGI, on purpose: the whole list, for every file of the corpus that both take.

The tests show that nothing else differs, and that each of these still does.
"""

from typing import NamedTuple


class Difference(NamedTuple):
    kind: str
    """`environ` of a request, `field` of a response, `status` (ours and theirs), `os` environment, `mode` and `left` of files, `exit` code, `reload` by a signal."""
    name: str
    why: str


_CGI = "PEP 3333 lets an empty one be left out, and says that a length is a number"
_CONDITIONAL = "clients can ask whether a file has changed, and for a part of it"

DIFFERENCES: tuple[Difference, ...] = (
    Difference("environ", "CONTENT_LENGTH", _CGI),
    Difference("environ", "CONTENT_TYPE", _CGI),
    Difference("environ", "PATH_INFO", "what .. means in a path is the application's affair: uWSGI resolves it over HTTP, and not over its own protocol"),
    Difference("environ", "RAW_URI", "what was asked for, undecoded, by the name that gunicorn gave it"),
    Difference("environ", "REMOTE_ADDR", "who asks over a UNIX socket has no address, 0.0.0.0 least of all"),
    Difference("environ", "REMOTE_PORT", "HTTP has a client's port too"),
    Difference("environ", "SCRIPT_NAME", "PEP 3333 lets it be empty, and most applications expect it to be there"),
    Difference("environ", "SERVER_NAME", "the address that was bound, not the name of the host"),
    Difference("environ", "SERVER_SOFTWARE", "PEP 3333 wants it"),
    Difference("environ", "UWSGI_ROUTER", "http is no router in a process of its own: workers speak HTTP"),
    Difference("environ", "uwsgi.core", "which of its threads serves is nobody's affair"),
    Difference("environ", "wsgi.input_terminated", "the body ends where it ends: it may be read without its length"),
    Difference("field", "accept-ranges", _CONDITIONAL),
    Difference("field", "etag", _CONDITIONAL),
    Difference("field", "cache-control", "how long a file may be kept is told in seconds: no clock need be right"),
    Difference("field", "expires", "cache-control says it"),
    Difference("field", "x-content-type-options", "a file is what its name says, whatever a browser makes of its content"),
    Difference("field", "connection", "HTTP/1.1 connections are kept, and the end of one is said"),
    Difference("field", "date", "RFC 9110 wants it of whoever has a clock"),
    Difference("status", "500 0", "an application that raises is answered with 500; uWSGI closes the connection, of which nginx makes 502"),
    Difference("os", "FIRST", "a reload begins with the environment of the start: what the file no longer sets is gone"),
    Difference("os", "PWD", "kept as a shell does, to follow releases that are switched by a link"),
    Difference("os", "PYTHONPATH", "the tests' own: where pyuwsgi is"),
    Difference("os", "UWSGI_ORIGINAL_PROC_NAME", "uWSGI's word to its own next image"),
    Difference("os", "UWSGI_RELOADS", "as above"),
    Difference("mode", "socket", "a socket without chmod-socket is the user's alone; 755 lets nobody else connect either"),
    Difference("left", "FIFO", "removed at exit: who writes to one that nobody reads would wait for ever"),
    Difference("left", "file", "a pidfile is removed at exit, vacuum or not: a process id that has ended means somebody else"),
    Difference("left", "socket", "removed at exit, vacuum or not; uWSGI's vacuum forgets the sockets that it kept over a reload"),
    Difference("left", "process", "without a master uWSGI's other processes serve on as orphans; here there always is one"),
    Difference("reload", "HUP", "without a master HUP ends uWSGI; here there always is one"),
    Difference("exit", "TERM", "a stop that was asked for is no failure; uWSGI without a master exits with 30"),
)  # fmt: skip

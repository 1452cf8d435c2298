"""The yardstick: the least that a WSGI server written in Python on epoll and httptools must do. `bare.py PORT MODULE`.

It parses, builds the environ that PEP 3333 asks for, calls the application, sends. It knows no timeout, no limit, no body, no error, no thread, no signal,
no second worker, and takes each recv for one whole request: nobody could run it.
"""

import importlib
import io
import select
import socket
import sys
from typing import Any

import httptools


class Conversation:
    """One connection: what llhttp calls back, and the answer."""

    def __init__(self, sock: socket.socket, application: Any) -> None:
        self.sock, self.application = sock, application
        self.parser = httptools.HttpRequestParser(self)
        self.environ: dict[str, Any] = {}
        self.status = ""
        self.fields: list[tuple[str, str]] = []

    def on_url(self, url: bytes) -> None:
        """The request line."""
        path, _, query = url.decode("latin-1").partition("?")
        self.environ = {
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field."""
        self.environ["HTTP_" + name.decode("latin-1").upper().replace("-", "_")] = value.decode("latin-1")

    def on_message_complete(self) -> None:
        """The whole request is here: answer it."""
        self.environ["REQUEST_METHOD"] = self.parser.get_method().decode()
        body = b"".join(self.application(self.environ, self.start_response))
        head = "".join(f"{name}: {value}\r\n" for name, value in self.fields)
        self.sock.send(f"HTTP/1.1 {self.status}\r\nServer: bare\r\n{head}\r\n".encode("latin-1") + body)

    def start_response(self, status: str, fields: list[tuple[str, str]]) -> None:
        """As PEP 3333 has it, without `write`."""
        self.status, self.fields = status, fields


def main(port: int, module: str) -> None:
    """Serve until killed."""
    sys.path.insert(0, "")
    application = importlib.import_module(module).application
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    epoll = select.epoll()
    epoll.register(listener.fileno(), select.EPOLLIN)
    conversations: dict[int, Conversation] = {}
    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                sock, _ = listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                conversations[sock.fileno()] = Conversation(sock, application)
                epoll.register(sock.fileno(), select.EPOLLIN)
                continue
            conversation = conversations[fd]
            try:
                data = conversation.sock.recv(65536)
            except ConnectionResetError:
                data = b""
            if data:
                conversation.parser.feed_data(data)
            else:
                conversations.pop(fd).sock.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

"""One question to supervisord from outside, by its XML-RPC, with a limit to our patience: its own client has none."""

import http.client
import socket
import xmlrpc.client
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

from adapter.exits import SystemFailure


class _ByPath(http.client.HTTPConnection):
    """HTTP over a UNIX socket."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Overrides http.client's."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def call(url: str, method: str, *arguments: Any, credentials: tuple[str, str] | None = None, seconds: float = 3.0) -> Any:
    """What it answers. `url`: as SUPERVISOR_SERVER_URL has it. Raises SystemFailure, which says why there is no answer."""
    fields = {"Content-Type": "text/xml"}
    if credentials is not None:
        fields["Authorization"] = "Basic " + b64encode(":".join(credentials).encode()).decode()
    try:
        wire = _wire(url, seconds)
    except ValueError:
        raise SystemFailure(f"cannot ask supervisord at {url}: that is no address of its") from None
    try:
        wire.request("POST", "/RPC2", xmlrpc.client.dumps(arguments, method), fields)
        with wire.getresponse() as response:
            if response.status == http.client.UNAUTHORIZED:
                raise SystemFailure(f"cannot ask supervisord at {url}: it wants a name and a password")
            return xmlrpc.client.loads(response.read().decode())[0][0]
    except xmlrpc.client.Fault as fault:
        raise SystemFailure(f"supervisord refuses {method}: {fault.faultString}") from None
    except TimeoutError:
        raise SystemFailure(f"cannot ask supervisord at {url}: no answer in {seconds:g} s") from None
    except OSError as error:
        raise SystemFailure(f"cannot ask supervisord at {url}: {error.strerror or error}") from None
    except (http.client.HTTPException, xmlrpc.client.Error, ExpatError, ValueError, LookupError, TypeError):
        raise SystemFailure(f"cannot ask supervisord at {url}: what answers there is not supervisord") from None
    finally:
        wire.close()


def _wire(url: str, seconds: float) -> http.client.HTTPConnection:
    """Raises ValueError."""
    if url.startswith("unix://"):
        return _ByPath(url.removeprefix("unix://"), seconds)
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)

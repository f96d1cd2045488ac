"""One HTTP call to somebody else's address. No database here.

The name is resolved once, every address it has is judged, and the call goes to one that was judged: an answer of the
name server that changes in between (DNS rebinding) leads nowhere. Redirects are answers, never followed; proxies of the
environment are not used.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence

from leitstelle.kernel.outbound.rules import Network, Place, may_call

# For each step, and for the whole call: who answers a byte at a time is cut off.
STEP_SECONDS, CALL_SECONDS = 10.0, 30.0


class NotReached(Exception):
    """Nothing answered; `reason` is a code, `forbidden` where the address is one that is not called."""

    def __init__(self, reason: str, *, forbidden: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.forbidden = reason, forbidden


def post(place: Place, body: bytes, headers: Mapping[str, str], networks: Sequence[Network]) -> int:
    """Send a body and return the status of the answer, whose content is not read. Raises `NotReached`."""
    try:
        with contextlib.ExitStack() as stack:
            connection = _connection(place, _judged(place, networks), stack)
            stack.enter_context(_bounded(connection))
            connection.putrequest("POST", place.path, skip_host=True, skip_accept_encoding=True)
            for name, value in {"Host": place.name, **headers, "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            return connection.getresponse().status
    except TimeoutError as error:
        raise NotReached("timeout") from error
    except ssl.SSLError as error:
        raise NotReached("tls") from error
    except (http.client.HTTPException, OSError) as error:
        raise NotReached("connection") from error


def _judged(place: Place, networks: Sequence[Network]) -> str:
    """The address to call. Where a name leads to one that is not called among others, none is."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached("name") from error
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not addresses or not all(may_call(one, networks) for one in addresses):
        raise NotReached("private_address", forbidden=True)
    return addresses[0]


def _connection(place: Place, address: str, stack: contextlib.ExitStack) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(place.host, place.port, timeout=STEP_SECONDS)
    stack.callback(connection.close)
    plain = socket.create_connection((address, place.port), timeout=STEP_SECONDS)
    stack.callback(plain.close)
    if place.secure:
        secured = ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
        stack.callback(secured.close)
        connection.sock = secured
    else:
        connection.sock = plain
    return connection


@contextlib.contextmanager
def _bounded(connection: http.client.HTTPConnection) -> Iterator[None]:
    """Cut the line when the whole call takes too long."""
    line = connection.sock
    timer = threading.Timer(CALL_SECONDS, lambda: line.shutdown(socket.SHUT_RDWR))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

"""The listening socket: where, and a clear message when the port is taken."""

import errno
import socket

from leitstelle.config import env
from leitstelle.config.texts import _

BACKLOG = 1024


def listen_host() -> str:
    """LEITSTELLE_HOST, or this machine alone in demo mode: demo sign-ins are known to everybody."""
    return env.read("LEITSTELLE_HOST") or ("127.0.0.1" if env.read("LEITSTELLE_DEMO") else "0.0.0.0")  # noqa: S104


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; raises ConfigurationError when the address cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            text = _(
                "Port %(port)s is in use. Stop what uses it, or choose another one with LEITSTELLE_PORT."
            )
            raise env.ConfigurationError(text % {"port": port}) from None
        text = _(
            "Cannot listen on %(host)s, port %(port)s: %(reason)s. Check LEITSTELLE_HOST and LEITSTELLE_PORT."
        )
        raise env.ConfigurationError(text % {"host": host, "port": port, "reason": error.strerror}) from None
    return sock


def address(sock: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "localhost", "::": "localhost", "127.0.0.1": "localhost"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"

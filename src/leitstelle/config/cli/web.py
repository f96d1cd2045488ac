"""`leitstelle web`: the web server process, alone or below the supervisor."""

import argparse
import gc
import os
import resource
import signal
import socket
import sys
import warnings
from importlib import import_module

import uvicorn
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from leitstelle.config import env, env_values
from leitstelle.config.listen import listen, listen_host
from leitstelle.config.supervisor import stop_with_parent

HELP = "the web server"
GRACE = 3
# Open connections: each socket of a chat and each open page is one. Systems allow more than the 1024 they begin with.
MOST_FILES = 65_536


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (LEITSTELLE_HOST)")
    parser.add_argument("--port", type=env_values.port, help="port to listen on (LEITSTELLE_PORT)")
    parser.add_argument("--listen-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--gate-fd", type=int, help=argparse.SUPPRESS)


class Server(uvicorn.Server):
    """Uvicorn that tells the supervisor when it answers."""

    def __init__(self, config: uvicorn.Config, ready: int | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        # What was imported lives as long as the process: looking through it again and again cost answers 80 ms.
        gc.collect()
        gc.freeze()
        if self._ready is not None:
            os.write(self._ready, b"1")


def application_after(gate: int | None) -> ASGIHandler:
    """The application, once the supervisor says that everything is prepared: it looks at static files as it starts.

    The code is read before: that takes longest.
    """
    import_module(settings.ROOT_URLCONF)
    if gate is not None:
        with os.fdopen(gate, "rb") as waiting:
            waiting.read()
    application: ASGIHandler = import_module("leitstelle.config.asgi").application
    return application


def allow_connections() -> None:
    """Raise the number of files this process may have open to what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def run(args: argparse.Namespace) -> int:
    allow_connections()
    if args.listen_fd is not None:
        sock = socket.socket(fileno=args.listen_fd)
        stop_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    else:
        port = env.read("LEITSTELLE_PORT") if args.port is None else args.port
        sock = listen(args.host or listen_host(), port)
        sys.stderr.write(f"http://{args.host or listen_host()}:{sock.getsockname()[1]}/\n")
    application = application_after(args.gate_fd)
    # WhiteNoise hands files over in pieces, which is what Django warns of here; they are small.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    config = uvicorn.Config(
        application,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=settings.TRUSTED_PROXY,
        forwarded_allow_ips="*" if settings.TRUSTED_PROXY else None,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=30,
        backlog=1024,
        # A visitor's socket says one short thing; packing what it hears costs more memory than the connection.
        ws_per_message_deflate=False,
        ws_max_size=16 * 1024,
    )
    Server(config, args.ready_fd).run(sockets=[sock])
    return 0

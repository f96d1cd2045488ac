"""ASGI entry point: `uvicorn leitstelle.config.asgi:application`. Pages go to Django, WebSockets to the chat."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstelle.config.settings")
pages = get_asgi_application()

# Models are there only now.
from leitstelle.intake.views import chat_socket  # noqa: E402
from leitstelle.kernel.web.threads import RequestThreads  # noqa: E402

App = Callable[
    [dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]


def with_sockets(app: App, threads: RequestThreads) -> App:
    """Let an application that serves pages, each on one of the threads, serve the sockets of the chat too."""

    async def both(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            async with threads.one():
                await app(scope, receive, send)
        elif scope["path"] == chat_socket.PATH:
            await chat_socket.chat_socket(scope, receive, send)
        else:
            await chat_socket.refuse(scope, receive, send)

    return both


application = with_sockets(pages, RequestThreads())

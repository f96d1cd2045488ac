"""The page people see on the port while the very first start prepares the desk.

Owns a small server on an already listening socket, so that the application takes over the same port without refusing
anyone in between. Leaves the preparing to `prepare` and the socket to `supervisor`.
"""

import html
import logging
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from leitstelle.config.texts import browser_language, translator

logger = logging.getLogger(__name__)
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STYLE_ADDRESS = "/_progress.css"
STYLE = """\
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { display: grid; place-items: center; min-height: 100vh; margin: 0; padding: 1rem; box-sizing: border-box; }
main { width: min(32rem, 100%); }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
progress { width: 100%; height: .75rem; accent-color: #0f6b5c; }
ol { padding-left: 1.25rem; }
.done { opacity: .65; }
.now { font-weight: 600; }
"""


@dataclass
class Progress:
    """What has been reached: names of steps as English msgids, per cent of the whole, in the end demo sign-ins."""

    steps: list[str] = field(default_factory=list)
    current: int = 0
    percent: int = 0
    detail: str = ""
    sign_ins: list[list[str]] = field(default_factory=list)


def page(state: Progress, language: str) -> str:
    """The whole page; it asks again every two seconds by itself."""
    _ = translator(language)
    title = _("Leitstelle is getting ready")
    hint = _("This page continues by itself as soon as everything is ready.")
    rows = [_row(_(name), index, state) for index, name in enumerate(state.steps)]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="2">'
        f'<title>{state.percent} % – {html.escape(title)}</title><link rel="stylesheet" href="{STYLE_ADDRESS}"></head>'
        f"<body><main><h1>{html.escape(title)}</h1><p>{html.escape(hint)}</p>"
        f'<progress max="100" value="{state.percent}" aria-label="{html.escape(_("Progress"))}"></progress>'
        f"<p>{state.percent} %</p><ol>{''.join(rows)}</ol></main></body></html>"
    )


def _row(name: str, index: int, state: Progress) -> str:
    if index < state.current:
        return f'<li class="done">✓ {html.escape(name)}</li>'
    if index == state.current:
        detail = f" – {html.escape(state.detail)}" if state.detail else ""
        return f'<li class="now" aria-current="step">{html.escape(name)}{detail}</li>'
    return f"<li>{html.escape(name)}</li>"


class _Handler(BaseHTTPRequestHandler):
    server: "ProgressServer"
    timeout = 5

    def _answer(self) -> None:
        if self.path == STYLE_ADDRESS:
            self._send(200, "text/css; charset=utf-8", STYLE)
            return
        language = browser_language(self.headers.get("Accept-Language", ""))
        self._send(503, "text/html; charset=utf-8", page(self.server.state, language))

    def _send(self, status: int, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
            ("Retry-After", "2"),
            ("Connection", "close"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def version_string(self) -> str:
        return "Leitstelle"

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)


class ProgressServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves the page from `start()` until `stop()`; the listening socket stays open afterwards."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket.socket, state: Progress) -> None:
        super().__init__(listening.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening.dup()
        self.state = state
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def start(self) -> None:
        """Begins to answer, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes within a moment; requests that arrive later wait in the socket for the application."""
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("the browser went away", exc_info=True)

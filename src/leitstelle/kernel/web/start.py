"""Where somebody begins instead of their usual start page: a higher domain may have something to do first."""

from collections.abc import Callable

from leitstelle.kernel.viewer import Viewer

Start = Callable[[Viewer], str]

_starts: list[Start] = []


def register_start(start: Start) -> Start:
    """Let a higher domain name the address a viewer begins at, empty where the usual page is right."""
    _starts[:] = [start]
    return start


def start_page(viewer: Viewer) -> str:
    """The address to begin at, empty for the viewer's usual page."""
    return next((start(viewer) for start in _starts), "")

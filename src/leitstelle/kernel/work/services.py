"""Long-running services of domains inside the worker process (fetching mailboxes): registered here, started by it."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("leitstelle.work")

Service = Callable[[threading.Event], None]
AFTER_ERROR = 5.0

_services: dict[str, Service] = {}


def register_service(name: str, service: Service) -> Service:
    """Let every worker run `service(stop)` in a thread of its own until `stop` is set.

    Several workers run it at once: the service itself sees to it that they do not get into each other's way. It is
    started again when it raises. Raises `ValueError` for a name in use.
    """
    if name in _services:
        raise ValueError(f"service {name!r} exists")
    _services[name] = service
    return service


def service_threads(stop: threading.Event) -> list[threading.Thread]:
    """One thread per registered service, not yet started."""
    return [
        threading.Thread(
            target=_keep_running, args=(name, service, stop), name=f"leitstelle-{name}", daemon=True
        )
        for name, service in _services.items()
    ]


def _keep_running(name: str, service: Service, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            service(stop)
        except Exception:
            logger.exception("service %s failed, starting it again", name)
            stop.wait(AFTER_ERROR)

"""Services of domains run inside the worker, and start again when they fail."""

import threading

import pytest

from leitstelle.kernel.work import services


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_services", {})
    monkeypatch.setattr(services, "AFTER_ERROR", 0.01)


def test_a_service_runs_until_the_worker_stops_and_survives_errors() -> None:
    stop, twice = threading.Event(), threading.Event()
    calls: list[int] = []

    def service(flag: threading.Event) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("once")
        twice.set()
        flag.wait(5)

    services.register_service("test.service", service)
    threads = services.service_threads(stop)
    for thread in threads:
        thread.start()
    assert twice.wait(5)
    stop.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_a_name_is_taken_once() -> None:
    services.register_service("test.service", lambda stop: None)
    with pytest.raises(ValueError, match="exists"):
        services.register_service("test.service", lambda stop: None)

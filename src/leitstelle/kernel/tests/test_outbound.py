"""Calling others: public addresses only, the address that was judged, signed, and tried again where it may help."""

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.outbound.actions import EndpointInput, change_endpoint, create_endpoint
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.outbound.rules import WrongAddress, may_call, place_of
from leitstelle.kernel.outbound.sending import CallFailed, call
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.work import GiveUp

NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
KEY = "a key of both sides"
SYSTEM = Viewer.system()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff0e::1", "::ffff:10.0.0.5",
        "2002:0a00:0005::1", "64:ff9b::a00:5", "64:ff9b::7f00:1",
    ],
)  # fmt: skip
def test_own_networks_are_not_called(address: str) -> None:
    assert not may_call(address)


def test_public_addresses_and_named_networks_are_called() -> None:
    assert may_call("93.184.215.14")
    assert may_call("2606:4700::1111")
    assert may_call("10.1.2.3", (ip_network("10.1.0.0/16"),))
    assert may_call("::ffff:10.1.2.3", (ip_network("10.1.0.0/16"),))
    assert not may_call("10.2.2.3", (ip_network("10.1.0.0/16"),))


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/", "https://", "https:///hook", "https://user:pw@example.org/", "file:///etc/passwd",
        "https://example.org/\r\nX: y", "https://example.org/a b", "https://example.org:99999/",
        "https://example.org/#part", "https://exämple.org/", "nothing", "https://[::1/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(WrongAddress):
        place_of(address)


def test_an_address_is_taken_apart() -> None:
    place = place_of("https://chat.example.org:8443/hook?room=1")
    assert (place.secure, place.host, place.port, place.path) == (
        True,
        "chat.example.org",
        8443,
        "/hook?room=1",
    )
    assert place.name == "chat.example.org:8443"
    assert place_of("http://example.org").path == "/"


@dataclass
class Other:
    """The other side: what came in, and what it answers."""

    port: int = 0
    statuses: list[int] = field(default_factory=lambda: [204])
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[Other]:
    """A server on this machine, whose network the house allows."""
    known = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known.calls.append((self.path, dict(self.headers), body))
            status = known.statuses.pop(0) if len(known.statuses) > 1 else known.statuses[0]
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{known.address}/elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    known.port = server.server_address[1]
    monkeypatch.setattr(settings, "WEBHOOK_NETWORKS", (ip_network("127.0.0.0/8"),))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()


def endpoint(address: str) -> Endpoint:
    return create_endpoint(EndpointInput(name="Chat", address=address, key=KEY), by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_a_call_is_signed_and_named(other: Other) -> None:
    row = endpoint(other.address)
    call(row, "house.test", 7, {"text": "Größe"}, NOW)
    path, headers, body = other.calls[0]
    assert (path, json.loads(body)) == ("/hook", {"text": "Größe"})
    assert (headers["X-Leitstelle-Event"], headers["X-Leitstelle-Delivery"]) == ("house.test", "7")
    signed = headers["X-Leitstelle-Timestamp"].encode() + b"." + body
    expected = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Leitstelle-Signature"] == f"sha256={expected}"
    row.refresh_from_db()
    assert (row.answer, row.called_at) == ("204", NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "error"),
    [(500, CallFailed), (503, CallFailed), (429, CallFailed), (404, GiveUp), (410, GiveUp)],
)
def test_only_what_may_do_better_later_is_tried_again(
    other: Other, status: int, error: type[Exception]
) -> None:
    other.statuses = [status]
    row = endpoint(other.address)
    with pytest.raises(error):
        call(row, "house.test", 7, {}, NOW)
    row.refresh_from_db()
    assert row.answer == str(status)


@pytest.mark.django_db
def test_redirects_are_not_followed(other: Other) -> None:
    other.statuses = [302]
    with pytest.raises(GiveUp):
        call(endpoint(other.address), "house.test", 7, {}, NOW)
    assert len(other.calls) == 1


@pytest.mark.django_db
def test_the_own_network_is_not_called_by_name_either(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEBHOOK_NETWORKS", ())
    row = endpoint(f"http://localhost:{other.port}/hook")
    with pytest.raises(GiveUp, match="private_address"):
        call(row, "house.test", 7, {}, NOW)
    assert other.calls == []


@pytest.mark.django_db
def test_the_address_that_was_judged_is_the_one_called(other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time is not asked a second time."""
    asked: list[str] = []

    def resolve(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    row = endpoint(f"http://chat.example.org:{other.port}/hook")
    monkeypatch.setattr("leitstelle.kernel.outbound.gateways.socket.getaddrinfo", resolve)
    monkeypatch.setattr("leitstelle.kernel.outbound.gateways.socket.create_connection", _by_number)
    call(row, "house.test", 7, {}, NOW)
    assert asked == ["chat.example.org"]
    assert other.calls[0][1]["Host"] == f"chat.example.org:{other.port}"


def _by_number(address: tuple[str, int], timeout: float) -> socket.socket:
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.settimeout(timeout)
    line.connect(address)
    return line


@pytest.mark.django_db
def test_one_private_address_among_several_is_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        found = ("93.184.215.14", "10.0.0.5")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr("leitstelle.kernel.outbound.gateways.socket.getaddrinfo", resolve)
    with pytest.raises(GiveUp, match="private_address"):
        call(endpoint("https://chat.example.org/hook"), "house.test", 7, {}, NOW)


@pytest.mark.django_db
def test_nobody_there_is_tried_again() -> None:
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    row = Endpoint.objects.create(name="Nobody", address=f"http://127.0.0.1:{port}/", key=KEY, created_at=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "WEBHOOK_NETWORKS", (ip_network("127.0.0.0/8"),))
        with pytest.raises(CallFailed, match="connection"):
            call(row, "house.test", 7, {}, NOW)


@pytest.mark.django_db
def test_a_key_never_goes_to_another_address() -> None:
    row = endpoint("https://chat.example.org/hook")
    elsewhere = EndpointInput(name="Chat", address="https://evil.example.org/hook")
    with pytest.raises(InvalidInput) as refused:
        change_endpoint(row, elsewhere, version=1, by=SYSTEM, now=NOW)
    assert list(refused.value.fields) == ["key"]
    renamed = EndpointInput(name="Room", address=row.address)
    assert str(change_endpoint(row, renamed, version=1, by=SYSTEM, now=NOW).key) == KEY
    with pytest.raises(Conflict):
        change_endpoint(row, EndpointInput(name="Again", address=row.address), version=1, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_endpoints_that_make_no_sense_are_refused() -> None:
    endpoint("https://chat.example.org/hook")
    for name, address, key, field_name in (
        ("Chat", "https://chat.example.org/2", KEY, "name"),
        ("Other", "javascript:alert(1)", KEY, "address"),
        ("Other", "http://169.254.169.254/latest", KEY, "address"),
        ("Other", "https://chat.example.org/2", "short", "key"),
    ):
        with pytest.raises(InvalidInput) as refused:
            create_endpoint(EndpointInput(name=name, address=address, key=key), by=SYSTEM, now=NOW)
        assert list(refused.value.fields) == [field_name]
    with pytest.raises(NotAllowed):
        create_endpoint(
            EndpointInput(name="Other", address="https://example.org/", key=KEY),
            by=Viewer(person_id=1, hat=Hat.AGENT),
            now=NOW,
        )

"""The progress page: both languages, strict policy, and the hand-over of the port."""

import http.client
import socket
from collections.abc import Iterator

import pytest

from leitstelle.config.progress import STYLE_ADDRESS, Progress, ProgressServer, page


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


@pytest.fixture
def state() -> Progress:
    return Progress(["Prepare texts and pages", "Set up <the> database"], current=1, percent=40, detail="3/9")


def get(
    sock: socket.socket, path: str = "/", method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, str]:
    host, port = sock.getsockname()[:2]
    connection = http.client.HTTPConnection(host, port, timeout=5)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response, body


def test_page_shows_steps_percent_and_asks_again(listening: socket.socket, state: Progress) -> None:
    server = ProgressServer(listening, state)
    server.start()
    response, body = get(listening, Accept_Language="en")
    server.stop()
    assert response.status == 503
    assert response.headers["Retry-After"] == "2"
    assert '<meta http-equiv="refresh" content="2">' in body
    assert '<progress max="100" value="40"' in body
    assert "Set up &lt;the&gt; database" in body
    assert "3/9" in body


def test_page_keeps_the_strict_policy(listening: socket.socket, state: Progress) -> None:
    server = ProgressServer(listening, state)
    server.start()
    response, body = get(listening)
    style, text = get(listening, STYLE_ADDRESS)
    server.stop()
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in body
    assert "style=" not in body
    assert "<script" not in body
    assert style.status == 200
    assert style.headers["Content-Type"].startswith("text/css")
    assert "progress" in text


@pytest.mark.parametrize("method", ["POST", "HEAD", "DELETE"])
def test_every_method_is_told_to_come_back(listening: socket.socket, state: Progress, method: str) -> None:
    server = ProgressServer(listening, state)
    server.start()
    response, _body = get(listening, "/tickets/", method)
    server.stop()
    assert response.status == 503


def test_port_stays_open_for_the_next_server(listening: socket.socket, state: Progress) -> None:
    first = ProgressServer(listening, state)
    first.start()
    get(listening)
    first.stop()
    waiting = socket.create_connection(listening.getsockname(), timeout=5)  # nobody answers, nobody refuses
    second = ProgressServer(listening, Progress(percent=77))
    second.start()
    waiting.sendall(b"GET / HTTP/1.0\r\n\r\n")
    answer = waiting.recv(65536) + waiting.recv(65536)
    waiting.close()
    second.stop()
    assert b"77 %" in answer


def test_languages_differ() -> None:
    state = Progress(["Set up the database"])
    assert '<html lang="de">' in page(state, "de")
    assert '<html lang="en">' in page(state, "en")

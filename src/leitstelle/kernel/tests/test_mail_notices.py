"""Delivery notices (RFC 3461) are asked for where the server offers them, and nowhere else."""

import socket
import threading

import pytest

from leitstelle.kernel.mail.gateways import Outcome, deliver
from leitstelle.kernel.mail.transports import Security, SmtpConfig


def converse(listener: socket.socket, extensions: tuple[str, ...], heard: list[str]) -> None:
    """A server that says yes to everything and keeps what it hears."""
    connection, _address = listener.accept()
    with connection, connection.makefile("rwb") as file:
        file.write(b"220 mx\r\n")
        file.flush()
        in_data = False
        for line in file:
            text = line.decode().strip()
            if in_data:
                if text == ".":
                    in_data = False
                    file.write(b"250 kept\r\n")
                    file.flush()
                continue
            heard.append(text)
            if text.upper().startswith("EHLO"):
                lines = ["mx", *extensions]
                marks = ["-"] * (len(lines) - 1) + [" "]
                file.write(
                    "".join(f"250{mark}{one}\r\n" for mark, one in zip(marks, lines, strict=True)).encode()
                )
            elif text == "DATA":
                in_data = True
                file.write(b"354 go on\r\n")
            else:
                file.write(b"221 bye\r\n" if text == "QUIT" else b"250 ok\r\n")
            file.flush()


@pytest.mark.parametrize(
    ("extensions", "mail", "rcpt"),
    [
        (("DSN",), "mail FROM:<a@b.example> RET=HDRS", "rcpt TO:<c@d.example> NOTIFY=FAILURE,DELAY"),
        ((), "mail FROM:<a@b.example>", "rcpt TO:<c@d.example>"),
    ],
)
def test_notices_are_asked_for_where_they_are_offered(
    extensions: tuple[str, ...], mail: str, rcpt: str
) -> None:
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=converse, args=(listener, extensions, heard), daemon=True)
        server.start()
        config = SmtpConfig(host="127.0.0.1", port=listener.getsockname()[1], security=Security.NONE)
        result = deliver(
            config, "a@b.example", ["c@d.example"], b"Subject: x\r\n\r\nx\r\n", before_data=lambda: None
        )
        server.join(10)
    assert result.reply.outcome is Outcome.ACCEPTED
    assert [line for line in heard if line.upper().startswith("MAIL")] == [mail]
    assert [line for line in heard if line.upper().startswith("RCPT")] == [rcpt]

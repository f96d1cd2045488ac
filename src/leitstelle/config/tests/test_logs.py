"""Secrets never reach a log line."""

import logging
import sys

import pytest

from leitstelle.config.logs import RedactingFormatter


def line(message: str, *args: object) -> str:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, message, args, None)
    return RedactingFormatter("%(message)s", ["hunter2-long-secret", "short"]).format(record)


@pytest.mark.parametrize(
    ("message", "hidden"),
    [
        ("key is hunter2-long-secret.", "hunter2-long-secret"),
        ("connect postgresql://desk:pass-word@db/desk failed", "pass-word"),
        ("GET /confirm/?token=abc.def.ghi&next=/", "abc.def.ghi"),
        ("smtp+starttls://me:geheim@mail.example", "geheim"),
    ],
)
def test_secret_is_hidden(message: str, hidden: str) -> None:
    text = line(message)
    assert hidden not in text
    assert "[hidden]" in text


def test_other_text_stays() -> None:
    assert (
        line("ticket %s opened at http://localhost:8000/", 7) == "ticket 7 opened at http://localhost:8000/"
    )


def test_secret_in_a_traceback_is_hidden() -> None:
    try:
        raise ValueError("hunter2-long-secret")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    text = RedactingFormatter("%(message)s", ["hunter2-long-secret"]).format(record)
    assert "Traceback" in text
    assert "hunter2" not in text

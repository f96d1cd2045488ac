"""The parser answers every input, in bounded time, with values that any database and JSON can hold."""

import json
import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leitstelle.intake.rules.mail import ParsedMail, acceptance_key, parse_mail, split_reply
from leitstelle.intake.rules.mail.acceptance import recipients, same_content_digest, summary
from leitstelle.intake.rules.mail.describe import as_data, as_text

SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent / "mails").glob("*.eml"))]
PIECES = [
    b"\r\n", b"\n\n", b"--b", b"--b--", b"=?utf-8?B?", b"=?x?Q?=", b"?=", b"multipart/mixed; boundary=b", b"charset=",
    b"utf-7", b"\x00", b"\xff\xfe", b"<", b">", b'"', b"(", b":;", b"base64", b"Content-Type: ", b"message/rfc822",
    b"%", b"''", b"=\n", b"*0*=", b"From ", b"Von: ", b"> ", b"\nSubject: ", b"text/html", b"<table><a href=",
]  # fmt: skip


def check(raw: bytes) -> ParsedMail:
    mail = parse_mail(raw)
    shown = json.dumps(as_data("x", mail), ensure_ascii=False)
    # An escaped NUL, not the same letters written by somebody: those have their backslash escaped.
    assert not re.search(r"(?<!\\)(\\\\)*\\u0000", shown)
    shown.encode("utf-8")
    as_text("x", mail).encode("utf-8")
    assert 0 < len(acceptance_key(raw)) <= 70
    same_content_digest(raw)
    summary(raw)
    recipients(raw)
    assert all(item.filename and "/" not in item.filename for item in mail.attachments)
    return mail


def mutated(rnd: random.Random) -> bytes:
    raw = bytearray(rnd.choice(SEEDS))
    for _ in range(rnd.randint(1, 25)):
        place, choice = rnd.randint(0, len(raw)), rnd.random()
        if choice < 0.3 and raw:
            raw[place % len(raw)] = rnd.randint(0, 255)
        elif choice < 0.6:
            raw[place:place] = rnd.choice(PIECES)
        elif choice < 0.8:
            del raw[place : place + rnd.randint(1, 60)]
        else:
            source = rnd.randint(0, len(raw))
            raw[place:place] = raw[source : source + rnd.randint(1, 400)]
    return bytes(raw)


@given(st.binary(max_size=3000))
@settings(max_examples=200, deadline=None)
def test_any_bytes(raw: bytes) -> None:
    check(raw)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
@settings(max_examples=200, deadline=None)
def test_pieces_of_mail(raw: bytes) -> None:
    check(raw)


@given(st.text(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_any_body(text: str) -> None:
    split_reply(text)


def test_damaged_mails() -> None:
    rnd = random.Random(20261122)
    for _ in range(1500):
        check(mutated(rnd))


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_many_damaged_mails() -> None:
    rnd = random.Random(time.time_ns())
    for _ in range(200_000):
        check(mutated(rnd))


def nested(levels: int) -> bytes:
    return (
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels))
        + b"\nx"
    )


HOSTILE = {
    "nesting": nested(5000),
    "parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: a/b\n\na\n" * 20_000,
    "headers": b"X: y\n" * 200_000 + b"\nhi",
    "folds": b"Subject: a\n" + b" b\n" * 300_000 + b"\nhi",
    "words": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nhi",
    "addresses": b"To: " + b"a@b.example, " * 100_000 + b"\n\nhi",
    "parameters": b"Content-Type: text/plain; " + b"a*0*=x;" * 9_000 + b"\n\nhi",
    "divs": b"Content-Type: text/html\n\n" + b"<div>" * 100_000,
    "tags": b"Content-Type: text/html\n\n" + b"<a " * 200_000,
    "less-than": b"Content-Type: text/html\n\n" + b"<" * 500_000,
    "unclosed": b"Content-Type: text/html\n\n" + b"<a" * 1_000_000,
    "long link": b"Content-Type: text/html\n\n<a href='http://x.example/'>" + b"x<br>" * 200_000,
    "inner mails": b"Content-Type: message/rfc822\n\n" * 3_000 + b"hi",
    "flowed": b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 500_000,
    "quotes": b"X: y\n\n" + b"> x\n" * 200_000,
    "introductions": b"X: y\n\n" + b"On 1 a\n" * 20_000,
    "attributions": b"X: y\n\n" + b"x <a@b.example> wrote\n" * 20_000,
    "bounce": b"From: mailer-daemon@x\nSubject: undeliverable\n\n" + b"a-" * 500_000 + b"@",
    "recipient": b"From: mailer-daemon@x\nSubject: undeliverable\n\n" + b"recipient " * 50_000,
    "attributes": b"Content-Type: text/html\n\n<div "
    + b" ".join(b"a%d=1" % n for n in range(150_000))
    + b">",
    "signatures": b"X: y\n\n" + b"-- \n" * 20_000,
    "long word": b"Cc: " + b"\\" * 500_000 + b"\n\nhi",
    "base64": b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 5_000_000,
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_mail_ends_soon(kind: str) -> None:
    started = time.process_time()
    mail = check(HOSTILE[kind])
    assert time.process_time() - started < 8
    assert len(mail.attachments) <= 1_000

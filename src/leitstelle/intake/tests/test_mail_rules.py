"""Single rules of mail: keys, evidence, tokens, names, bounds between own and foreign."""

import time
from dataclasses import replace

import pytest

from leitstelle.intake.rules.mail import Address, ParsedMail, acceptance_key, parse_mail
from leitstelle.intake.rules.mail.acceptance import same_content_digest
from leitstelle.intake.rules.mail.automatic import never_answer
from leitstelle.intake.rules.mail.headers import parse_date
from leitstelle.intake.rules.mail.html import html_to_text, sanitize
from leitstelle.intake.rules.mail.identity import display_name, writer_of
from leitstelle.intake.rules.mail.threading import Clues, Known, clues, decide, plus_part, subject_numbers
from leitstelle.intake.rules.mail.token import make_message_id, make_token, ticket_of

MAIL = b"From: a@b.example\r\nSubject: x\r\nMessage-ID: <1@b.example>\r\n\r\ntext\r\n"


def test_key_is_the_message_id() -> None:
    assert acceptance_key(MAIL) == acceptance_key(b"Received: by mx\r\n" + MAIL.replace(b"text", b"other"))
    assert acceptance_key(MAIL) != acceptance_key(MAIL.replace(b"<1@", b"<2@"))


def test_key_without_message_id_ignores_trace_fields_and_line_ends() -> None:
    bare = MAIL.replace(b"Message-ID: <1@b.example>\r\n", b"")
    traced = b"Received: by mx\r\nReturn-Path: <a@b.example>\r\nX-Spam: no\r\n" + bare
    assert acceptance_key(bare).startswith("hash:")
    assert acceptance_key(traced) == acceptance_key(bare) == acceptance_key(bare.replace(b"\r\n", b"\n"))
    assert acceptance_key(bare) != acceptance_key(bare.replace(b"text", b"other"))


def test_reused_message_id_is_told_apart() -> None:
    assert same_content_digest(MAIL) == same_content_digest(b"Received: x\r\n" + MAIL)
    assert same_content_digest(MAIL) != same_content_digest(MAIL.replace(b"text", b"other"))


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("Thu, 19 Nov 2026 14:02:11 +0100 (CET)", "2026-11-19T13:02:11"),
        ("19 Nov 26 14:02 MEZ", "2026-11-19T13:02:00"),
        ("Wed, 1 Jul 2026 14:02:11 CEST", "2026-07-01T12:02:11"),
        ("Wed, 1 Jul 2026 14:02:11 EDT", "2026-07-01T18:02:11"),
        ("Wed, 1 Jul 2026 14:02:11 somewhere", "2026-07-01T14:02:11"),
        ("2026-07-01T14:02:11+02:00", "2026-07-01T12:02:11"),
    ],
)
def test_dates_are_read_in_the_zone_they_name(written: str, utc: str) -> None:
    moment = parse_date(written)
    assert moment is not None
    assert moment.isoformat() == f"{utc}+00:00"


def test_token_names_its_ticket_and_nothing_else() -> None:
    message_id = make_message_id(42, "m7", secret="s", domain="x.example")
    assert ticket_of(message_id, secrets=["s"]) == 42
    assert ticket_of(f"<{message_id.upper()}>", secrets=["old", "s"]) == 42
    assert ticket_of(message_id, secrets=["other"]) is None
    assert ticket_of(message_id.replace("lt.42.", "lt.43."), secrets=["s"]) is None
    assert ticket_of("lt.42@x.example", secrets=["s"]) is None


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("AW: Drucker [#10427]", (10427,)),
        ("Ticket 10427: Rückfrage", (10427,)),
        ("Meldung Nr. 10427", (10427,)),
        ("zu #10427 und [#10428]", (10428, 10427)),
        ("Rechnung 2026-11", ()),
        ("Fehler 10427 in der Anwendung", ()),
        ("Farbe #1 und &#1234;", ()),
    ],
)
def test_subject_numbers(subject: str, numbers: tuple[int, ...]) -> None:
    assert subject_numbers(subject) == numbers


def known(**more: object) -> Known:
    return replace(Known(token_of=lambda value: ticket_of(value, secrets=["s"])), **more)  # type: ignore[arg-type]


def test_evidence_in_order() -> None:
    """Trap 12."""
    token = make_message_id(1, "m1", secret="s", domain="x")
    given = Clues(
        answered_ids=("foreign@x", token), plus_tokens=(make_token(3, "m1", secret="s"),), numbers=(10004,)
    )
    facts = known(by_message_id={"foreign@x": 2}, by_number={10004: 4}, takes_part=frozenset({4}))
    assert decide(given, facts).ticket == 1
    assert decide(replace(given, answered_ids=("foreign@x",)), facts).ticket == 2
    assert decide(replace(given, answered_ids=()), facts).ticket == 3
    assert decide(replace(given, answered_ids=(), plus_tokens=()), facts).ticket == 4


def test_a_number_alone_is_no_right() -> None:
    """Trap 12."""
    decision = decide(Clues(numbers=(10004,)), known(by_number={10004: 4}))
    assert decision.ticket is None
    assert decision.suggestion == 4
    assert "no part" in decision.evidence[-1].note


def test_clues_of_a_mail() -> None:
    mail = parse_mail(
        b"To: Desk <support+lt.9@x.example>\nIn-Reply-To: <b@x>\nReferences: <a@x> <b@x>\nSubject: Re [#10001]\n\nx"
    )
    found = clues(mail, frozenset({"support@x.example"}))
    assert found == Clues(("b@x", "a@x"), ("lt.9",), (10001,))
    assert plus_part("other+lt.9@x.example", frozenset({"support@x.example"})) == ""


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Müller, Jürgen (IT)", "Jürgen Müller"),
        ("Jürgen Müller | Firma GmbH", "Jürgen Müller"),
        ("'Klara Fall'", "Klara Fall"),
        ("", "Klara Fall"),
        ("klara.fall@x.example", "Klara Fall"),
    ],
)
def test_names(written: str, shown: str) -> None:
    assert display_name(Address(written, "klara.fall@x.example")) == shown


def test_forwarded_sender_is_an_offer_only() -> None:
    """Trap 18."""
    mail = parse_mail(
        b"From: jm@x.example\nSubject: WG: Monitor\n\nBitte\n\nVon: Klara Fall [mailto:klara@y.example]\nGesendet: x\n"
        b"An: jm\nBetreff: Monitor\n\nalt\n"
    )
    writer = writer_of(mail)
    assert writer is not None
    assert writer.email == "jm@x.example"
    assert writer.forwarded is not None
    assert writer.forwarded.email == "klara@y.example"
    assert writer_of(ParsedMail()) is None


@pytest.mark.parametrize("address", ["MAILER-DAEMON@x.example", "no-reply@x.example", "noreply+1@x.example"])
def test_never_answered(address: str) -> None:
    """Trap 5."""
    assert never_answer(address)
    assert not never_answer("jm@x.example")


def test_own_mail_is_recognised() -> None:
    """Trap 6."""
    own = parse_mail(MAIL, own_addresses=frozenset({"a@b.example"}))
    assert own.automatic.kind == "own"
    marked = parse_mail(b"X-Leitstelle-Origin: s3cret\n" + MAIL, is_own=lambda mark, _id: mark == "s3cret")
    assert marked.automatic.kind == "own"
    assert not parse_mail(b"X-Leitstelle-Origin: guess\n" + MAIL).automatic.is_automatic


def test_html_loads_nothing_and_runs_nothing() -> None:
    """Trap 27."""
    clean = sanitize(
        '<p onclick="x()" style="background:url(http://t/1)">Hi</p><img src="http://t/2.png" srcset="http://t/3 2x">'
        '<img src="//t/4"><img src="/portal/"><img src="cid:a@b"><img src="data:image/png;base64,AAAA">'
        '<img src="data:image/svg+xml;base64,AAAA"><svg><script>x</script></svg><form action="http://t"><input></form>'
        '<a href="data:text/html,x">d</a><a href="http://x.example" target="_blank">l</a><base href="http://t/">'
    )
    assert clean.remote_images == 1
    assert clean.html.count(" src=") == 2
    for word in (
        "onclick",
        "style",
        "srcset",
        "script",
        "<form",
        "<input",
        "<base",
        "data:text",
        "svg",
        '"//t',
        "/portal",
    ):
        assert word not in clean.html
    assert 'rel="noopener noreferrer nofollow"' in clean.html


def test_text_that_looks_like_an_image_stays() -> None:
    clean = sanitize('<p>&lt;img src="http://x.example/a.png"&gt;</p>')
    assert html_to_text(clean.html) == '<img src="http://x.example/a.png">'
    assert clean.remote_images == 0


def test_text_of_html() -> None:
    html = (
        "<ol start=3><li>a<ul><li>b</li></ul></li><li>c</li></ol><table><tr><td>1</td><td>2</td></tr></table>"
        "<pre>x  y\n z</pre><p>Zeile<br>zwei</p><a href='mailto:a@b.example'>a@b.example</a>"
    )
    assert html_to_text(sanitize(html).html) == (
        "3. a\n  - b\n4. c\n\n1  2\n\nx  y\n z\n\nZeile\nzwei\n\na@b.example"
    )


@pytest.mark.parametrize(
    "html", ["<a" * 500_000, "<" * 1_000_000, "</div" * 200_000], ids=["a", "<", "</div"]
)
def test_tags_that_never_end_cost_no_more_than_their_length(html: str) -> None:
    started = time.process_time()
    sanitize(html)
    assert time.process_time() - started < 1.5


def test_a_line_of_many_pieces_costs_no_more_than_its_length() -> None:
    html = "<a href='http://x.example/'>" + "x<i>y</i>" * 40_000 + "</a>"
    started = time.process_time()
    text = html_to_text(html)
    assert time.process_time() - started < 8
    assert text == "xy" * 40_000 + " <http://x.example/>"

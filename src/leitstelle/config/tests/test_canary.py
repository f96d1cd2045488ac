"""Words that only some may read appear in nothing that reaches anybody else.

`world.py` plants canary words wherever internal things are written. Here everybody reads everything they can reach:
pages by following every link, fragments, searches and suggestions that hit right beside the words, live updates,
files, and the mails that leave. As a control, whoever may read a word must have found it.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.tests.cast import NOW
from leitstelle.config.tests.api_world import Callers, path_values, things
from leitstelle.config.tests.test_access import placeholders, rows
from leitstelle.config.tests.world import BAIT, CAST, ELSEWHERE, OWN, SECRETS, World, make_world
from leitstelle.kernel.api.openapi import document
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.events.models import Event
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.work import drain
from leitstelle.notifications.actions import send_due
from leitstelle.notifications.models import Follow
from leitstelle.notifications.tests.house import mail_everything
from leitstelle.tickets.models import Attachment, Ticket

pytestmark = pytest.mark.timeout(300)
PAGES = 700
LINK = re.compile(r"""(?:href|src|hx-get|data-preview-url|action)="([^"#]+)""")
# Addresses that change who is signed in, hold the connection open, or are Django's own.
NOT_FOLLOWED = ("/account/logout", "/static/", "/live/", "/portal/live/", "/rescue/", "//")
HANDOVER = {SECRETS[f"handover {part}"] for part in ("reason", "tried", "findings")}
EVERYTHING = {*SECRETS.values(), OWN, ELSEWHERE}
MASTER_DATA = {SECRETS[f"note on the {thing}"] for thing in ("person", "customer", "device")}
# What each of the cast may read at most. The stranger's scope is the team to which a ticket was handed over.
MAY_READ: dict[str, set[str]] = {
    "guest": set(),
    "requester": {OWN},
    "colleague": set(),
    "contact": {OWN},
    "outsider": {ELSEWHERE},
    # Every agent knows the vendors, nobody else a single one.
    "stranger": HANDOVER | MASTER_DATA | {SECRETS["vendor name"]},
    "agent": EVERYTHING - {SECRETS["restricted message"]},
    "lead": EVERYTHING - {SECRETS["draft of an agent"]},
    "admin": EVERYTHING - {SECRETS["draft of an agent"]},
}


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> World:
    # A stream gives the connection back at once; here it holds the test's transaction.
    monkeypatch.setattr(connections, "close_all", lambda: None)
    caplog.set_level("CRITICAL", "django.request")
    world = make_world()
    drain(timezone.now())  # search index, clocks, outgoing mail
    return world


def seeds(world: World) -> Iterator[str]:
    """Where reading begins: every address of the table that answers GET, and searches that hit the words."""
    known = placeholders(world)
    for row in rows():
        address = reverse(row.name, args=[known.get(word, word) for word in row.args])
        if "GET" in row.expected:
            yield address
    for query in (BAIT, "Stubbenkammer Seit heute", str(world.ticket.number), "Brandt", "Werk Nord"):
        for page in (reverse("tickets:search"), reverse("web:palette"), reverse("portal:home")):
            yield f"{page}?q={query}"
        yield f"{reverse('portal:reports')}?q={query}"
        yield f"{reverse('tickets:find-people')}?q={query}"
    topics = " ".join(
        [
            "inbox",
            "reports",
            *(f"ticket:{pk} report:{pk}" for pk in Ticket.objects.values_list("pk", flat=True)),
        ]
    )
    for poll in (reverse("web:live-poll"), reverse("web:portal-live-poll")):
        yield f"{poll}?since={_before(world)}&topics={topics}"
    for file in Attachment.objects.all():
        yield reverse("tickets:attachment", args=[file.public_id])
        yield reverse("portal:file", args=[file.public_id])
        yield reverse("portal:guest-file", args=[world.guest_tokens["guest-report"], file.public_id])
    for ticket in Ticket.objects.all():
        yield reverse("tickets:ticket", args=[ticket.public_id])
        yield reverse("portal:report-detail", args=[ticket.public_id])


def crawl(client: Client, start: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Read every page that can be reached: (address, all the text of the answer with its headers)."""
    first = list(start)
    waiting = deque([*first, "/", "/portal/"])
    seen = set(waiting)
    for address in first:
        yield f"{address} as fragment", _text(client, address, fragment=True)
    while waiting and len(seen) < PAGES:
        address = waiting.popleft()
        text = _text(client, address)
        yield address, text
        for found in LINK.findall(text):
            target = unescape(found)
            if target.startswith("?"):
                target = urlsplit(address).path + target
            if (
                target.startswith("/")
                and not target.startswith(NOT_FOLLOWED)
                # The same ticket page with another line of addresses: a pair for each message would use up the crawl.
                and "?all=" not in target
                and "?forward=" not in target
                and target not in seen
            ):
                seen.add(target)
                waiting.append(target)


def _text(client: Client, address: str, *, fragment: bool = False) -> str:
    if address.startswith(NOT_FOLLOWED[2:4]) and "/poll/" not in address:
        return ""
    response = client.get(address, headers={"HX-Request": "true"} if fragment else {})
    assert response.status_code < 500, f"{address} is broken"
    body = b"".join(response) if response.streaming else response.content
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{head}\n{body.decode('utf-8', 'replace')}"


def leaks(pages: Iterable[tuple[str, str]], allowed: set[str]) -> list[str]:
    forbidden = EVERYTHING - allowed
    return [
        f"{word} at {address}"
        for address, text in pages
        for word in forbidden
        if word.lower() in text.lower()
    ]


@pytest.mark.parametrize("who", [who for who in CAST if who != "admin"])
def test_nobody_reads_what_is_not_for_them(world: World, who: str) -> None:
    pages = list(crawl(world.client(who), seeds(world)))
    assert leaks(pages, MAY_READ[who]) == []
    # The control: a crawl that does not find what is there would prove nothing.
    everything = "\n".join(text for _, text in pages)
    assert {word for word in MAY_READ[who] if word not in everything} == set()


@pytest.mark.parametrize("who", CAST)
def test_a_token_reads_no_more_than_its_person(world: World, who: str, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 10**9
    client = Callers(world).client(who)
    answers = [(address, _text(client, address)) for address in readable(world)]
    # Drafts, guides, mail in quarantine and devices are no part of the API; a stranger's list has what was handed over.
    allowed = MAY_READ[who]
    assert leaks(answers, allowed) == []
    everything = "\n".join(text for _, text in answers)
    absent = (
        *("draft of an agent", "quarantined mail", "internal file content", "note on the device"),
        "answer in a guide",
    )
    hidden = {SECRETS[name] for name in absent}
    if who in ("requester", "contact", "lead", "admin"):
        assert {word for word in allowed - hidden if word not in everything} == set()


def readable(world: World) -> Iterator[str]:
    """Every address of the API that answers GET, for every ticket, person and file, and searches beside the words."""
    known = path_values(things(world))
    rows = {
        "ticket_id": Ticket.objects.values_list("public_id", flat=True),
        "person_id": Person.objects.values_list("public_id", flat=True),
        "organisation_id": Organisation.objects.values_list("public_id", flat=True),
        "attachment_id": Attachment.objects.values_list("public_id", flat=True),
    }
    for path, operations in document()["paths"].items():
        if "get" not in operations:
            continue
        many = next((name for name in rows if f"{{{name}}}" in path), None)
        for value in rows[many] if many else [None]:
            yield path.format(**{**known, **({many: value} if many else {})})
    for query in (BAIT, "Stubbenkammer Seit heute", "Brandt", *EVERYTHING):
        yield f"/api/v1/tickets?q={query}"
        yield f"/api/v1/people?q={query}"
        yield f"/api/v1/organisations?q={query}"


def test_no_mail_carries_what_is_internal(world: World) -> None:
    mails = list(OutboxMail.objects.select_related("raw"))
    asked = [mail for mail in mails if mail.recipients.filter(address=world.vendor.support_mail).exists()]
    assert [mail.recipients.count() for mail in asked] == [1], "what goes to the vendor goes to nobody else"
    to_vendor = _whole_mail(read_blob(asked[0].raw))
    others = [mail for mail in mails if mail not in asked]
    sent = "\n".join(_whole_mail(read_blob(mail.raw)) for mail in others)
    assert "Bitte einmal neu starten." in sent, "the public reply did not become a mail"
    assert [word for word in SECRETS.values() if word.lower() in sent.lower()] == []
    told = {word for word in SECRETS.values() if word.lower() in to_vendor.lower()}
    assert told == {SECRETS[f"vendor {part}"] for part in ("case", "file name", "number")}
    mails = others
    queue = "\n".join(f"{mail.subject} {mail.sender} {mail.last_error}" for mail in mails)
    assert [word for word in SECRETS.values() if word in queue] == []


def test_notifications_carry_no_more_than_their_reader_may_know(db: None) -> None:
    """Everybody follows the ticket with the words and has everything mailed; what leaves is what they may read."""
    world = make_world()
    mail_everything()
    people = {who: person for who, person in world.people.items() if person is not None}
    Follow.objects.bulk_create(
        Follow(person=person, ticket=world.ticket, created_at=NOW) for person in people.values()
    )
    drain(timezone.now())
    send_due(timezone.now() + timedelta(days=3))
    read = {who: _notices_to(person) for who, person in people.items()}
    assert [
        f"{word} to {who}"
        for who, text in read.items()
        for word in EVERYTHING - MAY_READ[who]
        if word in text
    ] == []
    assert SECRETS["internal note"] in read["lead"], "the control: whoever may read a note is told of it"
    assert SECRETS["restricted message"] in read["admin"], "written by the lead, who is not told of it"


def _notices_to(person: Person) -> str:
    """Every notification mail to a person, in one text."""
    addresses = person.contact_points.values_list("value", flat=True)
    mails = OutboxMail.objects.filter(recipients__address__in=addresses, message_id__contains="notification-")
    return "\n".join(_whole_mail(read_blob(mail.raw)) for mail in mails.select_related("raw"))


def _whole_mail(raw: bytes) -> str:
    """Headers and every part of a mail, decoded."""
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [f"{name}: {value}" for name, value in mail.items()]
    for part in mail.walk():
        parts += [f"{name}: {value}" for name, value in part.items()]
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            parts.append(content.decode("utf-8", "replace") if isinstance(content, bytes) else "")
    return "\n".join(parts)


@pytest.mark.parametrize("who", ["requester", "contact"])
def test_live_updates_do_not_even_tell_that_something_internal_happened(world: World, who: str) -> None:
    address = reverse("web:portal-live-poll")
    topics = f"inbox reports ticket:{world.ticket.pk} report:{world.ticket.pk}"
    told = world.client(who).get(address, {"since": _before(world), "topics": topics}).json()
    heard = {change["id"] for change in told["changes"]}
    mine = Event.objects.filter(subject_kind="ticket", subject_id=world.ticket.pk)
    internal = [
        event.pk
        for event in mine
        if event.data.get("audience", "public") != "public"
        or event.code in ("ticket.handed_over", "ticket.handover_returned", "ticket.linked")
    ]
    assert len(internal) >= 5
    assert heard, "the public reply was not told"
    assert heard.isdisjoint(internal)


def _before(world: World) -> str:
    """The event before the ticket's first; a poll that reaches back too far is only told to load anew."""
    first = Event.objects.filter(subject_kind="ticket", subject_id=world.ticket.pk).earliest("pk")
    return str(first.pk - 1)


def test_the_journal_holds_ids_and_codes_only(world: World) -> None:
    written = "\n".join(f"{event.data} {event.state}" for event in Event.objects.all())
    assert [word for word in EVERYTHING if word in written] == []

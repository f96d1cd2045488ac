"""What portal tests share: the form's values, clients, the link in the newest mail."""

import email
import email.policy
import html
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from leitstelle.accounts.models import Person
from leitstelle.intake.models import GuestReport
from leitstelle.intake.tests.factories import desk as ship_desk
from leitstelle.kernel.blobs import read_blob
from leitstelle.kernel.mail import OutboxMail
from leitstelle.kernel.tests.once import built_once
from leitstelle.tickets.tests.desk import Desk, make_desk

GUEST = {"name": "Gerda Gast", "email": "gerda@gast.example", "phone": "0341 5550123"}
LINK = re.compile(r"(/portal/guest/confirm/[^\s\"<>]+/)")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@built_once
def portal_desk() -> Desk:
    """The cast with all shipped data, service hours and a mailbox."""
    ship_desk()
    return make_desk()


def answers(**changes: object) -> dict[str, object]:
    """The form as a person fills it in."""
    return {
        "area": "printing",
        "category": "printing.printer",
        "body": "Der Drucker im Flur zieht kein Papier ein.\nSeit heute früh.",
        "urgency": "hindered",
        "impact": "group",
        "device": "DRU-0044",
        "place": "Halle 2",
        "step": "send",
        **changes,
    }


def upload(name: str = "foto.txt", content: bytes = b"Fehler 13.20") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/plain")


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def hidden(page: Any, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found is not None
    return html.unescape(found.group(1))


def text_of(mail: OutboxMail) -> str:
    """The plain text of a mail as it leaves."""
    parsed = email.message_from_bytes(read_blob(mail.raw), policy=email.policy.default)
    body = parsed.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def newest_link() -> str:
    """The confirming link of the newest mail."""
    found = LINK.search(text_of(OutboxMail.objects.latest("pk")))
    assert found is not None
    return found.group(1)


def report_as_guest(client: Client, **changes: object) -> GuestReport:
    """Send the form as a guest; returns what was kept."""
    response = client.post("/portal/report/", answers(**{**GUEST, **changes}), follow=True)
    assert response.status_code == 200
    return GuestReport.objects.latest("pk")

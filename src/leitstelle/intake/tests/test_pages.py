"""Quarantine and mailboxes in the browser: who may, what is shown, what happens."""

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.choices import Role
from leitstelle.accounts.models import Person, RoleGrant
from leitstelle.intake.actions import MailboxInput, accept_raw, create_mailbox, edit_mailbox
from leitstelle.intake.actions import accept as accepting
from leitstelle.intake.errors import AddressInUse, NotAnAddress
from leitstelle.intake.models import InboundMail, Mailbox
from leitstelle.intake.tests.factories import ADDRESS, NOW, desk, mail
from leitstelle.kernel.errors import Conflict, NotAllowed
from leitstelle.kernel.viewer import Hat, Viewer

pytestmark = pytest.mark.django_db
ADMIN = Viewer.system()


def signed_in(role: Role | None) -> Client:
    person = Person.objects.create_user(display_name=f"Test {role}", language="en", created_at=timezone.now())
    if role is not None:
        RoleGrant.objects.create(person=person, role=role, scope_key="::", created_at=timezone.now())
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> InboundMail:
    box = desk()
    monkeypatch.setattr(accepting, "max_mail_bytes", lambda: 10)
    subject = "Zu <b>groß</b>"
    return accept_raw(box, mail(1, subject=subject), received_at=NOW, source="test", now=NOW)


def test_an_agent_sees_the_quarantine(held: InboundMail) -> None:
    client = signed_in(Role.AGENT)
    shown = client.get("/quarantine/").content.decode()
    assert "Zu &lt;b&gt;groß&lt;/b&gt;" in shown
    assert "jm@kunde.example" in shown
    detail = client.get(f"/quarantine/{held.public_id}/").content.decode()
    assert "only its headers were kept" in detail
    assert "Message-ID: &lt;mail-1@kunde.example&gt;" in detail
    source = client.get(f"/quarantine/{held.public_id}/source/")
    assert source["Content-Disposition"].startswith("attachment")
    assert "sandbox" in source["Content-Security-Policy"]


def test_a_requester_does_not(held: InboundMail) -> None:
    client = signed_in(None)
    assert client.get("/quarantine/").status_code == 403
    assert client.post("/quarantine/again/").status_code == 403
    assert client.get(f"/quarantine/{held.public_id}/source/").status_code == 403


def test_trying_again_and_dropping(held: InboundMail) -> None:
    client = signed_in(Role.AGENT)
    address = f"/quarantine/{held.public_id}/decide/"
    assert client.post(address, {"decision": "replay"}).status_code == 303
    held.refresh_from_db()
    assert held.state == "accepted"
    assert client.post(address, {"decision": "drop"}).status_code == 409
    InboundMail.objects.update(state="quarantined", reason_code="failed")
    assert client.post("/quarantine/again/").status_code == 303
    InboundMail.objects.update(state="quarantined")
    assert client.post(address, {"decision": "drop"}).status_code == 303
    held.refresh_from_db()
    assert held.state == "discarded"


# --- mailboxes ---

FORM = {
    "address": "IT@Leitstelle.example",
    "language": "de",
    "fetch": "imap",
    "imap_host": "imap.example",
    "imap_port": "993",
    "imap_tls": "tls",
    "imap_user": "it",
    "imap_password": "geheim",
    "imap_folder": "INBOX",
    "smtp_port": "587",
    "smtp_tls": "starttls",
    "is_active": "on",
    "imap_verify": "on",
    "smtp_verify": "on",
}


def test_an_administrator_sets_up_a_mailbox() -> None:
    desk()
    client = signed_in(Role.ADMINISTRATOR)
    assert client.post("/administration/mailboxes/new/", FORM).status_code == 303
    box = Mailbox.objects.get(address="it@leitstelle.example")
    assert str(box.imap_password) == "geheim"
    address = f"/administration/mailboxes/{box.public_id}/"
    shown = client.get(address).content.decode()
    assert "geheim" not in shown
    assert ">Printing › Printer<" in shown
    changed = FORM | {"imap_password": "", "sender_name": "IT", "version": "1"}
    assert client.post(address, changed).status_code == 303
    box.refresh_from_db()
    assert (str(box.imap_password), box.sender_name, box.version) == ("geheim", "IT", 2)
    assert "it@leitstelle.example" in client.get("/administration/mailboxes/").content.decode()
    assert client.post("/administration/mailboxes/new/", FORM).status_code == 422
    assert (
        client.post(
            "/administration/mailboxes/new/", FORM | {"imap_host": "", "address": "x@y.z"}
        ).status_code
        == 422
    )


def test_mailboxes_are_for_administrators() -> None:
    desk()
    assert signed_in(Role.AGENT).get("/administration/mailboxes/").status_code == 403
    with pytest.raises(NotAllowed):
        create_mailbox(MailboxInput(address="a@b.example"), by=Viewer(person_id=1, hat=Hat.AGENT), now=NOW)


def test_setting_up() -> None:
    first = create_mailbox(MailboxInput(address=ADDRESS), by=ADMIN, now=NOW)
    assert first.is_default
    second = create_mailbox(MailboxInput(address="b@leitstelle.example", is_default=True), by=ADMIN, now=NOW)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(AddressInUse):
        create_mailbox(MailboxInput(address=ADDRESS.upper()), by=ADMIN, now=NOW)
    with pytest.raises(NotAnAddress):
        create_mailbox(MailboxInput(address="nothing"), by=ADMIN, now=NOW)
    with pytest.raises(Conflict):
        edit_mailbox(first, MailboxInput(address=ADDRESS, sender_name="x"), by=ADMIN, now=NOW, version=99)


def test_another_folder_starts_anew() -> None:
    box = create_mailbox(MailboxInput(address=ADDRESS, imap_host="a"), by=ADMIN, now=NOW)
    Mailbox.objects.update(uid_validity=7, last_uid=99)
    box.refresh_from_db()
    edit_mailbox(
        box, MailboxInput(address=ADDRESS, imap_host="a", sender_name="x", is_default=True), by=ADMIN, now=NOW
    )
    assert box.last_uid == 99
    edit_mailbox(
        box, MailboxInput(address=ADDRESS, imap_host="b", sender_name="x", is_default=True), by=ADMIN, now=NOW
    )
    assert (box.uid_validity, box.last_uid) == (0, 0)

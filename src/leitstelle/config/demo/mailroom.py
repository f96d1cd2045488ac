"""What lies in the demo's mail room: a mail too large to take, one that the filter calls spam, and templates."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from leitstelle.config.demo.company import Company
from leitstelle.intake.actions import accept_oversize, accept_raw, process_mail
from leitstelle.intake.models import Mailbox
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.actions.snippets import SnippetInput, create_snippet

LARGE_BYTES = 128 * 1024 * 1024
TEMPLATES = (
    SnippetInput(
        title="Kennwort zurückgesetzt",
        shortcut="kennwort",
        text="Guten Tag {{ requester.name }},\n\nIhr Kennwort ist zurückgesetzt. Bei der nächsten Anmeldung werden Sie "
        "nach einem neuen gefragt. Bitte ändern Sie es danach auch am Diensthandy.",
    ),
    SnippetInput(
        title="Rückfrage: Was steht auf dem Bildschirm?",
        shortcut="meldung",
        text="Guten Tag {{ requester.name }},\n\nbitte schicken Sie uns den genauen Wortlaut der Meldung oder ein "
        "Bildschirmfoto, und sagen Sie uns, seit wann sie kommt und ob Kolleginnen und Kollegen sie auch sehen.",
    ),
    SnippetInput(
        title="Remote session: please call us",
        shortcut="call",
        language="en",
        text="Hello {{ requester.name }},\n\nwe would like to look at this together with you. Please call us when you "
        "are at your device and mention number {{ ticket.number }}.",
    ),
)


def fill_mailroom(company: Company, *, now: datetime) -> None:
    """Let both mails arrive, a while before `now` (aware), and add the templates."""
    desk = Mailbox.objects.get(address=company.data["company"]["desk_mail"])
    plans = _mail(
        desk,
        sender="Lageplan GmbH <versand@lageplan-hamburg.example>",
        subject="Ihre Bestandspläne, alle 340 Blätter",
        text="Guten Tag, anbei wie besprochen alle Pläne in einer Datei.",
        at=now - timedelta(minutes=95),
    )
    headers = plans.as_bytes().partition(b"\n\n")[0] + b"\n\n"
    accept_oversize(desk, headers, LARGE_BYTES, received_at=now, source="smtp", now=now)

    advert = _mail(
        desk,
        sender="Prize Office <winner@lucky-draw.example>",
        subject="Congratulations!! Claim your voucher today",
        text="You have been selected. Open the link within 24 hours to claim a voucher of 500 EUR.",
        at=now - timedelta(minutes=40),
    )
    advert["X-Spam-Flag"] = "YES"
    spam = accept_raw(desk, advert.as_bytes(), received_at=now, source="smtp", now=now)
    process_mail(spam, now=now)

    for template in TEMPLATES:
        create_snippet(template, by=Viewer.system(), now=now)


def _mail(desk: Mailbox, *, sender: str, subject: str, text: str, at: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, desk.address, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), make_msgid(domain="mail.example")
    mail.set_content(text)
    return mail

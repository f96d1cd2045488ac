"""What was said in a chat, by mail to its visitor."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from leitstelle.intake.actions.accept import ACTOR
from leitstelle.intake.actions.chat_lines import actor_of, add_note, subject_of, ticket_of
from leitstelle.intake.actions.letters import numbered, sender_of
from leitstelle.intake.actions.outgoing import is_suspended
from leitstelle.intake.choices import ChatNote
from leitstelle.intake.errors import NoTranscript
from leitstelle.intake.events import ChatTranscriptSent
from leitstelle.intake.models import Chat
from leitstelle.intake.queries import mailbox_of_ticket, own_addresses
from leitstelle.intake.queries.shown_chats import mail_offer, spoken_lines
from leitstelle.intake.rules.mail.automatic import never_answer
from leitstelle.kernel import limits
from leitstelle.kernel.events import record, unit
from leitstelle.kernel.mail import OutboxMail, Outgoing, queue_mail

PER_CHAT = (2, timedelta(days=2))
PER_ADDRESS = (5, timedelta(days=1))


@unit()
def send_transcript(chat: Chat, email: str, *, now: datetime) -> OutboxMail:
    """Queue the public lines of a chat as mail. Whoever holds the chat's token.

    To people who are signed in at their own address, whatever `email` says. A guest's address is what they gave in
    the chat, or `email` where they gave none; since nobody confirmed it, only a chat in which an agent answered is
    sent, so that strangers cannot be mailed with words of one's own. Records `MailQueued`, `ChatTranscriptSent`.
    Raises `NoTranscript`, `TooMany`.
    """
    offer = mail_offer(chat)
    address = (offer["to"] or email) if offer else ""
    lines = spoken_lines(chat)
    if not _usable(address):
        raise NoTranscript(fields={"email": NoTranscript.default_message})
    for bucket, key, (limit, per) in (
        ("chat.transcript", str(chat.pk), PER_CHAT),
        ("chat.transcript_to", address.lower(), PER_ADDRESS),
    ):
        limits.check(bucket, key, limit=limit, per=per, now=now)
    ticket = ticket_of(chat)
    sender = sender_of(mailbox_of_ticket(ticket))
    zone = ZoneInfo(chat.person.time_zone if chat.person else settings.DEFAULT_PERSON_TIME_ZONE)
    with translation.override(chat.language), timezone.override(zone):
        context = {"chat": chat, "lines": lines, "ticket": ticket, "signature": sender.signature}
        text = get_template("intake/mail/transcript.txt", using="jinja2").render(context)
        html = get_template("intake/mail/transcript.html", using="jinja2").render(context)
        subject = _("Your chat: %(subject)s") % {"subject": numbered(ticket)}
    outgoing = Outgoing(
        to=[address],
        subject=subject,
        text=text,
        html=html,
        from_name=sender.name,
        from_email=sender.email,
        transport=sender.transport,
        automatic=True,
    )
    queued = queue_mail(outgoing, actor=ACTOR, now=now)
    add_note(chat, ChatNote.MAILED, address, now=now)
    event = ChatTranscriptSent(mail_id=queued.pk)
    record(event, subject=subject_of(chat), actor=actor_of(chat.person), at=now)
    return queued


def _usable(address: str) -> bool:
    plain = address.lower()
    return (
        "@" in plain and plain not in own_addresses() and not never_answer(plain) and not is_suspended(plain)
    )

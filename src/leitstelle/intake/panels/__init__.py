"""What intake brings to the shells: how a mail got to its ticket, the quarantine's entry, its administration page;
the portal's menu, links and live topics.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.policies import agents, can_administer
from leitstelle.intake.actions.calls import dialled
from leitstelle.intake.choices import InboundState
from leitstelle.intake.labels import AUTOMATIC_KIND
from leitstelle.intake.models import Call, InboundMail
from leitstelle.intake.panels import chat as _chat  # noqa: F401  # registers itself
from leitstelle.intake.panels import posters as _posters  # noqa: F401  # registers itself
from leitstelle.intake.panels import resending as _resending  # noqa: F401  # registers itself
from leitstelle.intake.panels import telephony as _telephony  # noqa: F401  # registers itself
from leitstelle.intake.panels.contents import contents
from leitstelle.intake.policies import visible_mail
from leitstelle.intake.queries import away_until_in, decisions_of, trust_in
from leitstelle.intake.queries.counting import counted_for
from leitstelle.kernel.events import Event
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import (
    AdminSection,
    Command,
    Link,
    Panel,
    fill,
    linker,
    register_admin_section,
    register_command,
    register_nav,
)
from leitstelle.kernel.web.live import live_topic
from leitstelle.kernel.web.slots import HasPk
from leitstelle.tickets.choices import Audience
from leitstelle.tickets.events import MessageAdded, StatusChanged, TicketAssigned, TicketOpened
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import visible_tickets


@fill("message.footer", order=20)
def flight_record(viewer: Viewer, messages: Sequence[Message]) -> dict[int, Panel]:
    """Return the decisions about each message that came by mail; agents only.

    One query for the page; up to three more where a mail brought appointments or names a ticket.
    """
    if not viewer.is_agent or not messages:
        return {}
    mails = visible_mail(viewer).filter(entry__in=[message.pk for message in messages]).complete()
    arrived: dict[int, list[InboundMail]] = {}
    for mail in sorted(mails, key=lambda mail: mail.pk):
        if mail.entry_id is not None:
            arrived.setdefault(mail.entry_id, []).append(mail)
    kinds = {message.pk: message.automatic_kind for message in messages}
    beside = contents(viewer, {pk: found[0] for pk, found in arrived.items()})
    return {
        pk: Panel(
            "intake/_flight_record.html",
            {
                "mails": [_shown(mail) for mail in found],
                "kind": AUTOMATIC_KIND.get(kinds[pk], ""),
                "away": away_until_in(found[0]),
                "contents": beside[pk],
                "mail_id": found[0].public_id,
            },
        )
        for pk, found in arrived.items()
    }


@fill("ticket.new", order=10)
def like_tickets(viewer: Viewer, places: Sequence[HasPk]) -> dict[int, Panel]:
    """Ask beside the form of a new ticket whether there is one already."""
    return {place.pk: Panel("intake/_like_area.html") for place in places}


@fill("ticket.sidebar", order=5)
def calls_left(viewer: Viewer, tickets: Sequence[Ticket]) -> dict[int, Panel]:
    """Return what the newest call of each ticket left to do: who it was, whom to call back. One query."""
    if not viewer.is_agent:
        return {}
    by_id = {ticket.pk: ticket for ticket in tickets}
    rows = Call.objects.filter(message__ticket__in=by_id).select_related("message")
    newest = {call.message.ticket_id: call for call in sorted(rows, key=lambda call: call.pk)}
    found = {}
    for pk, call in newest.items():
        unknown = by_id[pk].requester_id is None
        answered = by_id[pk].last_agent_message_at
        done = answered is not None and answered > call.message.at
        if unknown or (call.callback_number and not done):
            numbers = {
                "number": dialled(call.caller_number),
                "callback": "" if done else dialled(call.callback_number),
            }
            context = {"call": call, "ticket": by_id[pk], "unknown": unknown, **numbers}
            found[pk] = Panel("intake/_call_panel.html", context)
    return found


def _shown(mail: InboundMail) -> dict[str, Any]:
    return {
        "id": mail.public_id,
        "mailbox": mail.mailbox.address,
        "received_at": mail.received_at,
        "steps": decisions_of(mail),
        "trust": trust_in(mail),
    }


def _waiting(viewer: Viewer) -> int | None:
    """How many mails wait in quarantine."""
    return counted_for(viewer, "quarantine", visible_mail(viewer).filter(state=InboundState.QUARANTINED))


register_nav("call", _("Call"), "intake:call", "phone", 15, lambda viewer: viewer.is_agent, shortcut="t")
register_command(
    Command(
        "call.walk_in",
        _("Somebody at the counter"),
        "intake:walk-in",
        "users",
        15,
        shows=lambda viewer: viewer.is_agent,
    )
)
register_nav(
    "quarantine",
    _("Quarantine"),
    "intake:quarantine",
    "shield-check",
    60,
    lambda viewer: viewer.is_agent,
    count=_waiting,
    count_label=_("mails in quarantine"),
)
register_admin_section(
    AdminSection(
        "mailboxes",
        _("Mailboxes"),
        "intake:mailboxes",
        "mail",
        _("Channels"),
        10,
        description=_("Addresses of the desk, how their mail arrives and how answers leave"),
        shows=can_administer,
    )
)
register_admin_section(
    AdminSection(
        "mail-keys",
        _("Mail certificates"),
        "intake:mail-keys",
        "certificate",
        _("Channels"),
        15,
        description=_("Certificates that count and keys of mailboxes (S/MIME, OpenPGP)"),
        shows=can_administer,
    )
)
register_admin_section(
    AdminSection(
        "outgoing",
        _("Outgoing mail"),
        "intake:outgoing",
        "mail-forward",
        _("Channels"),
        20,
        description=_("The server that sends the desk's mail, with a test"),
        shows=can_administer,
    )
)


def _signed_in(viewer: Viewer) -> bool:
    return viewer.person_id is not None


register_nav("portal", _("Start"), "portal:home", "home", 10, area="portal")
register_nav("portal.report", _("Report a problem"), "portal:report", "alert-circle", 20, area="portal")
register_nav("portal.reports", _("My reports"), "portal:reports", "list-check", 30, _signed_in, area="portal")
register_nav(
    "portal.own", _("My own reports"), "portal:home", "list-check", 60, lambda v: v.is_agent, area="user"
)


def _works_here(viewer: Viewer) -> bool:
    """Whether somebody who is a requester here works on the desk too, and needs the way back."""
    if viewer.is_agent or viewer.person_id is None:
        return False
    return agents().filter(pk=viewer.person_id).exists()


register_nav(
    "portal.back",
    _("Back to the workspace"),
    settings.WORKSPACE_HOME,
    "headset",
    60,
    _works_here,
    area="user",
)


@linker("ticket")
def report_links(viewer: Viewer, ids: Collection[int]) -> dict[int, Link]:
    """Point requesters, above all in mails, at the report in the portal."""
    if viewer.is_agent or viewer.person_id is None:
        return {}
    rows = visible_tickets(viewer).filter(pk__in=ids).only("pk", "number", "subject", "public_id")
    return {
        ticket.pk: Link(
            reverse("portal:report-detail", args=[ticket.public_id]), f"#{ticket.number} {ticket.subject}"
        )
        for ticket in rows
    }


@live_topic(TicketOpened, MessageAdded, StatusChanged, TicketAssigned, audience="everyone")
def report_topics(event: Event) -> Iterable[str]:
    """Requesters hear of public messages, of the standing and of who takes care; never that a note was written."""
    data = event.load()
    if isinstance(data, MessageAdded) and data.audience != Audience.PUBLIC:
        return ()
    return (f"report:{event.subject_id}", "reports")

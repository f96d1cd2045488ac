"""Who may see and decide about inbound mail and mailboxes, calls and chats."""

from django.db.models import Q, QuerySet

from leitstelle.accounts.policies import agent_scope, can_administer
from leitstelle.intake.models import (
    SECRETS,
    Chat,
    ChatDoor,
    InboundMail,
    InboundMailQuerySet,
    Mailbox,
    MailboxQuerySet,
    MailKey,
    MailOAuth,
    PhoneCall,
    PhoneRinging,
    TelephonySource,
    TelephonySourceQuerySet,
)
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.policies import on_visible_ticket


def visible_mail(viewer: Viewer) -> InboundMailQuerySet:
    """Return the mail an agent may see: that of visible tickets, and ticketless mail of mailboxes in scope."""
    if viewer.is_system:
        return InboundMail.objects.all()
    if not viewer.is_agent:
        return InboundMail.objects.none()
    scope = agent_scope(
        viewer,
        organisation="mailbox__organisation_id",
        team="mailbox__team_id",
        level="mailbox__team__level_id",
    )
    return InboundMail.objects.filter(
        Q(Q(ticket__isnull=False) & on_visible_ticket(viewer)) | Q(Q(ticket__isnull=True) & scope)
    )


def can_decide(viewer: Viewer, mail: InboundMail) -> bool:
    """Agents decide about the quarantined mail they see."""
    return viewer.is_system or visible_mail(viewer).filter(pk=mail.pk).exists()


def visible_mailboxes(viewer: Viewer) -> MailboxQuerySet:
    """Mailboxes are set up by administrators; nobody else sees their settings."""
    return Mailbox.objects.without_secrets() if can_administer(viewer) else Mailbox.objects.none()


def visible_oauth(viewer: Viewer, box: Mailbox | None) -> "QuerySet[MailOAuth]":
    """How a mailbox gets its tokens, or without one the house's account: for administrators."""
    rows = MailOAuth.objects.filter(mailbox=box)
    return rows if can_administer(viewer) else rows.none()


def visible_keys(viewer: Viewer) -> "QuerySet[MailKey]":
    """Certificates and keys of mail, without the keys: for administrators."""
    rows = MailKey.objects.select_related("mailbox").defer(
        "private_key", *(f"mailbox__{name}" for name in SECRETS)
    )
    return rows if can_administer(viewer) else rows.none()


def visible_sources(viewer: Viewer) -> TelephonySourceQuerySet:
    """Telephone systems are set up by administrators; nobody else sees their settings."""
    rows = TelephonySource.objects.without_secrets()
    return rows if can_administer(viewer) else rows.none()


def visible_phone_calls(viewer: Viewer) -> QuerySet[PhoneCall]:
    """Return the calls an agent may see: at their own telephone, of visible tickets, and within their scope."""
    if viewer.is_system:
        return PhoneCall.objects.all()
    if not viewer.is_agent or viewer.person_id is None:
        return PhoneCall.objects.none()
    scope = agent_scope(
        viewer, organisation="person__organisation_id", team="team_id", level="team__level_id"
    )
    rang = PhoneRinging.objects.filter(person=viewer.person_id)
    own = Q(agent=viewer.person_id) | Q(pk__in=rang.values("call_id"))
    joined = Q(message__isnull=False) & on_visible_ticket(viewer, "message__ticket")
    return PhoneCall.objects.filter(own | joined | Q(Q(message__isnull=True) & scope))


def visible_chats(viewer: Viewer) -> "QuerySet[Chat]":
    """Return the chats an agent may see: those they took, and those of visible tickets. Visitors have their token."""
    if viewer.is_system:
        return Chat.objects.all()
    if not viewer.is_agent or viewer.person_id is None:
        return Chat.objects.none()
    return Chat.objects.filter(Q(agent=viewer.person_id) | on_visible_ticket(viewer, "first_message__ticket"))


def can_pass_over_limit(viewer: Viewer) -> bool:
    """Those who lead pass chats of others on, and to somebody who has enough of them."""
    return viewer.is_agent and (viewer.is_lead or viewer.is_admin)


def visible_chat_doors(viewer: Viewer) -> "QuerySet[ChatDoor]":
    """Chats are set up by administrators; nobody else sees their settings."""
    return ChatDoor.objects.all() if can_administer(viewer) else ChatDoor.objects.none()

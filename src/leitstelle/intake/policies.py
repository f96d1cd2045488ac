"""Who may see and decide about inbound mail and mailboxes."""

from django.db.models import Q

from leitstelle.accounts.policies import agent_scope, can_administer
from leitstelle.intake.models import InboundMail, InboundMailQuerySet, Mailbox, MailboxQuerySet
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

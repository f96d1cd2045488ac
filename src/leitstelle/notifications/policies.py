"""Who may see which notification, and who may be told of what. Everybody reads their own only."""

from django.db.models import QuerySet

from leitstelle.accounts.policies import can_administer, may_write
from leitstelle.intake.models import InboundMail
from leitstelle.intake.policies import visible_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.notifications.choices import PORTAL_KINDS
from leitstelle.notifications.models import Follow, Notification, Rhythm
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import can_see, visible_audiences


def visible_notifications(viewer: Viewer) -> QuerySet[Notification]:
    """Return what the viewer was told in the product; a token reads nobody's."""
    if viewer.person_id is None or viewer.token_scopes is not None:
        return Notification.objects.none()
    return Notification.objects.filter(person_id=viewer.person_id, in_product=True)


def visible_follows(viewer: Viewer) -> QuerySet[Follow]:
    """Return what the viewer follows; who else does is nobody's business."""
    return Follow.objects.filter(person_id=viewer.person_id or 0)


def visible_rhythms(viewer: Viewer) -> QuerySet[Rhythm]:
    """Return the viewer's own rhythm."""
    return Rhythm.objects.filter(person_id=viewer.person_id or 0)


def can_follow(viewer: Viewer, ticket: Ticket) -> bool:
    """Agents follow tickets they see."""
    return viewer.is_agent and viewer.person_id is not None and may_write(viewer) and can_see(viewer, ticket)


def can_choose(viewer: Viewer) -> bool:
    """Everybody chooses for themselves, tokens for nobody."""
    return viewer.person_id is not None and viewer.token_scopes is None


def can_set_defaults(viewer: Viewer) -> bool:
    """Administrators say what people are told who did not choose."""
    return can_administer(viewer)


def may_be_told(
    viewer: Viewer, kind: str, ticket: Ticket | None, message: Message | None, inbound_id: int | None
) -> bool:
    """Whether an agent's rights open what a notification would point at; decides before anything is written.

    Without the database for tickets, as it is asked for each of many people; what is shown and sent is fetched
    through the `visible_*` functions all the same.
    """
    if not viewer.is_agent:
        return kind in PORTAL_KINDS
    if inbound_id is not None:
        return visible_mail(viewer).filter(pk=inbound_id).exists()
    if ticket is None or (message is not None and message.audience not in visible_audiences(viewer)):
        return False
    return any(
        grant.covers(organisation_id=ticket.organisation_id, team_id=ticket.team_id, level_id=ticket.level_id)
        for grant in viewer.grants
    )


def visible_inbound(viewer: Viewer, ids: set[int]) -> set[int]:
    """Return which quarantined mails the viewer may see."""
    if not ids or not viewer.is_agent:
        return set()
    rows: QuerySet[InboundMail] = visible_mail(viewer).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True))

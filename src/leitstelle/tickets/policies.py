"""Who may see and do what with tickets. Every door fetches through the `visible_*` functions."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from leitstelle.accounts.models import Level
from leitstelle.accounts.policies import agent_scope, may_write
from leitstelle.assets.models import AssetUser
from leitstelle.catalog.models import Category
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.tickets.choices import Audience, HandoverState, ParticipantRole, StatusType
from leitstelle.tickets.models import (
    Attachment,
    BulkRun,
    Draft,
    GuideRun,
    Handover,
    LevelCategory,
    Message,
    OpenTicket,
    Participant,
    PlannedReply,
    SavedView,
    Snippet,
    Ticket,
    TicketAsset,
    VendorCase,
)

# Watchers and affected people read along; a vendor's contact reads only the vendor thread.
READING_ROLES = (
    ParticipantRole.REQUESTER,
    ParticipantRole.AFFECTED,
    ParticipantRole.WATCHER,
    ParticipantRole.APPROVER,
)


def visible_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets this viewer may see, under the hat worn."""
    if viewer.is_system:
        return Ticket.objects.all()
    if viewer.hat is Hat.REQUESTER:
        return _own_tickets(viewer)
    return Ticket.objects.filter(agent_scope(viewer))


def on_visible_ticket(viewer: Viewer, path: str = "ticket") -> Q:
    """Return the condition on rows of a ticket (foreign key `path`) that this viewer sees the ticket.

    For agents a join: as `IN (subquery)` the databases would list every visible ticket first.
    """
    if viewer.is_system:
        return Q()
    if viewer.hat is Hat.REQUESTER:
        return Q(**{f"{path}__in": visible_tickets(viewer).values("pk")})
    return agent_scope(
        viewer,
        organisation=f"{path}__organisation_id",
        team=f"{path}__team_id",
        level=f"{path}__level_id",
    )


def _own_tickets(viewer: Viewer) -> QuerySet[Ticket]:
    if viewer.person_id is None:
        return Ticket.objects.none()
    taking_part = Participant.objects.filter(person_id=viewer.person_id, role__in=READING_ROLES)
    mine = Q(requester_id=viewer.person_id) | Q(pk__in=taking_part.values("ticket_id"))
    if viewer.customer_contact_of:
        mine |= Q(organisation_id__in=viewer.customer_contact_of)
    return Ticket.objects.filter(mine)


def concerned_people(viewer: Viewer) -> Q:
    """The people that visible tickets concern: requesters and who takes part."""
    tickets = visible_tickets(viewer)
    taking_part = Participant.objects.filter(ticket__in=tickets.values("pk"), person__isnull=False)
    return Q(pk__in=tickets.values("requester_id")) | Q(pk__in=taking_part.values("person_id"))


def concerned_organisations(viewer: Viewer) -> Q:
    """The customers of visible tickets."""
    return Q(pk__in=visible_tickets(viewer).values("organisation_id"))


def concerned_assets(viewer: Viewer) -> Q:
    """The devices visible tickets are about, and those their requesters use."""
    tickets = visible_tickets(viewer)
    about = TicketAsset.objects.filter(ticket__in=tickets.values("pk"))
    used = AssetUser.objects.filter(person__in=tickets.values("requester_id"))
    return Q(pk__in=about.values("asset_id")) | Q(pk__in=used.values("asset_id"))


def visible_audiences(viewer: Viewer) -> tuple[str, ...]:
    """Return the audiences whose messages this viewer may read on a ticket they see."""
    if viewer.is_system:
        return tuple(Audience.values)
    if viewer.hat is Hat.REQUESTER:
        return (Audience.PUBLIC,)
    if viewer.is_lead or viewer.is_admin:
        return (Audience.PUBLIC, Audience.INTERNAL, Audience.VENDOR, Audience.RESTRICTED)
    return (Audience.PUBLIC, Audience.INTERNAL, Audience.VENDOR)


def visible_messages(viewer: Viewer) -> QuerySet[Message]:
    """Return the messages this viewer may read: on a visible ticket, in a visible audience."""
    if viewer.is_system:
        return Message.objects.all()
    if viewer.hat is Hat.REQUESTER:
        return Message.objects.filter(_readable_by_requester(viewer), audience=Audience.PUBLIC)
    return Message.objects.filter(on_visible_ticket(viewer), audience__in=visible_audiences(viewer))


def _readable_by_requester(viewer: Viewer) -> Q:
    """Words of tickets merged apart are read by the readers of the ticket they were written to, and by nobody else."""
    own = visible_tickets(viewer).values("pk")
    return Q(apart_of=None, ticket__in=own) | Q(apart_of__in=own)


def visible_attachments(viewer: Viewer) -> QuerySet[Attachment]:
    """Return the files this viewer may fetch; a file has its message's audience."""
    return Attachment.objects.filter(message__in=visible_messages(viewer).values("pk"))


def visible_handovers(viewer: Viewer) -> QuerySet[Handover]:
    """Return the handovers this viewer may read; they are internal."""
    if viewer.hat is Hat.REQUESTER:
        return Handover.objects.none()
    return Handover.objects.filter(on_visible_ticket(viewer))


def visible_guide_runs(viewer: Viewer) -> QuerySet[GuideRun]:
    """Return the runs of guides this viewer may read; first level keeps notes in them, so they are for agents only."""
    if viewer.hat is Hat.REQUESTER:
        return GuideRun.objects.none()
    return GuideRun.objects.filter(on_visible_ticket(viewer))


def visible_vendor_cases(viewer: Viewer) -> QuerySet[VendorCase]:
    """Return the cases at vendors this viewer may read; they are for agents only."""
    if viewer.hat is Hat.REQUESTER:
        return VendorCase.objects.none()
    return VendorCase.objects.filter(on_visible_ticket(viewer))


def visible_planned(viewer: Viewer) -> QuerySet[PlannedReply]:
    """Return the answers not sent yet that this viewer may see; they are for agents only, and none of theirs alone."""
    if viewer.hat is Hat.REQUESTER:
        return PlannedReply.objects.none()
    return PlannedReply.objects.filter(on_visible_ticket(viewer))


def visible_drafts(viewer: Viewer) -> QuerySet[Draft]:
    """Return the viewer's own drafts; nobody reads another person's."""
    if viewer.person_id is None:
        return Draft.objects.none()
    return Draft.objects.filter(person_id=viewer.person_id)


def visible_tabs(viewer: Viewer) -> QuerySet[OpenTicket]:
    """Return the viewer's own tabs, those of tickets they no longer see too; what is shown is `queries.tabs`."""
    if viewer.person_id is None:
        return OpenTicket.objects.none()
    return OpenTicket.objects.filter(person_id=viewer.person_id)


def can_see(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the ticket is visible; for doors that hold the row already."""
    return visible_tickets(viewer).filter(pk=ticket.pk).exists()


def can_work(viewer: Viewer, ticket: Ticket) -> bool:
    """Agents work on the tickets they see; a token only where it may write."""
    return viewer.is_system or (viewer.hat is Hat.AGENT and may_write(viewer) and can_see(viewer, ticket))


def can_merge(viewer: Viewer, source: Ticket, target: Ticket) -> bool:
    """Agents merge tickets they work on, both of them, and take that back; customers never do."""
    return can_work(viewer, source) and can_work(viewer, target)


def can_declare_major(viewer: Viewer, ticket: Ticket) -> bool:
    """Leads and administrators say what is major, on tickets they work on."""
    return (viewer.is_system or viewer.is_lead or viewer.is_admin) and can_work(viewer, ticket)


def may_solve(viewer: Viewer, category_id: int | None) -> bool:
    """Whether the levels the viewer works on solve tickets of this category.

    A level solves the branches named for it, and everything where none is; leads and administrators solve all.
    """
    if viewer.is_system or viewer.is_admin or viewer.is_lead or not viewer.team_ids:
        return True
    levels = Level.objects.filter(teams__in=sorted(viewer.team_ids))
    named = dict[int, set[int]]()
    for level_id in levels.values_list("pk", flat=True):
        named[level_id] = set()
    for level_id, branch in LevelCategory.objects.filter(level__in=named).values_list(
        "level_id", "category_id"
    ):
        named[level_id].add(branch)
    if not all(named.values()):
        return True
    wanted = _branch_of(category_id)
    return any(not branches.isdisjoint(wanted) for branches in named.values())


def _branch_of(category_id: int | None) -> set[int]:
    """A category and everything above it."""
    found: set[int] = set()
    while category_id is not None and category_id not in found:
        found.add(category_id)
        category_id = Category.objects.filter(pk=category_id).values_list("parent_id", flat=True).first()
    return found


def can_open(viewer: Viewer) -> bool:
    """Signed-in people and the product's own doors open tickets; guests confirm first."""
    return viewer.is_system or (viewer.person_id is not None and may_write(viewer))


def can_write(viewer: Viewer, ticket: Ticket, audience: str) -> bool:
    """Requesters write publicly on tickets they see; what they write to one merged away goes on with the other."""
    if ticket.status_type == StatusType.MERGED and viewer.hat is not Hat.REQUESTER:
        return False
    if viewer.is_system:
        return True
    if not may_write(viewer):
        return False
    if viewer.hat is Hat.REQUESTER:
        return audience == Audience.PUBLIC and can_see(viewer, ticket)
    return audience in visible_audiences(viewer) and can_see(viewer, ticket)


def can_confirm(viewer: Viewer, ticket: Ticket) -> bool:
    """Whoever reads the ticket as requester may confirm the solution or reopen it."""
    return viewer.is_system or (may_write(viewer) and can_see(viewer, ticket))


def can_decide(viewer: Viewer, handover: Handover) -> bool:
    """The receiving team, and leads, accept or return an open handover."""
    if handover.state != HandoverState.OFFERED:
        return False
    if viewer.is_system or viewer.is_admin or viewer.is_lead:
        return can_work(viewer, handover.ticket)
    if handover.to_person_id is not None and handover.to_person_id == viewer.person_id:
        return can_work(viewer, handover.ticket)
    return handover.to_team_id in viewer.team_ids and can_work(viewer, handover.ticket)


def searchable(viewer: Viewer) -> Q:
    """Return the condition on index rows of tickets: on a visible ticket, in a visible audience."""
    if viewer.is_system:
        return Q()
    readable = Q(audience__in=visible_audiences(viewer))
    if any(grant.is_unlimited for grant in viewer.grants) and viewer.hat is Hat.AGENT:
        return readable
    if viewer.is_agent:
        # Row by row: the tickets of a team are many more than the rows a search looks at.
        return readable & Q(Exists(visible_tickets(viewer).filter(pk=OuterRef("ticket_id"))))
    return readable & Q(ticket_id__in=_own_ticket_ids(viewer))


def _own_ticket_ids(viewer: Viewer) -> QuerySet[Ticket, Any]:
    """The tickets of `_own_tickets` as a union, which databases answer from three indexes; an OR they walk."""
    if viewer.person_id is None:
        return Ticket.objects.none().values("pk")
    taking_part = Participant.objects.filter(person_id=viewer.person_id, role__in=READING_ROLES)
    contact_of = Ticket.objects.filter(organisation_id__in=sorted(viewer.customer_contact_of))
    mine = Ticket.objects.filter(requester_id=viewer.person_id)
    return mine.values("pk").union(taking_part.values("ticket_id"), contact_of.values("pk"))


def visible_views(viewer: Viewer) -> QuerySet[SavedView]:
    """Return the saved views an agent may use: their own, their teams', the house's.

    Seeing a view opens no ticket: its list is always cut to `visible_tickets` of whoever looks.
    """
    if viewer.person_id is None or not viewer.is_agent:
        return SavedView.objects.none()
    of_teams = SavedView.teams.through.objects.filter(team_id__in=sorted(viewer.team_ids))
    shared = Q(shared_with_all=True) | Q(pk__in=of_teams.values("savedview_id"))
    return SavedView.objects.filter(Q(owner_id=viewer.person_id) | shared)


def managed_views(viewer: Viewer) -> QuerySet[SavedView]:
    """Return the views an agent finds on the page where views are kept: administrators every shared one."""
    if not (viewer.is_agent and viewer.is_admin):
        return visible_views(viewer)
    of_teams = SavedView.teams.through.objects.values("savedview_id")
    shared = Q(shared_with_all=True) | Q(pk__in=of_teams)
    return SavedView.objects.filter(Q(owner_id=viewer.person_id) | shared)


def can_share_view(viewer: Viewer, *, with_all: bool, team_ids: Collection[int]) -> bool:
    """Leads and administrators share with every team and the whole house; others with their own teams."""
    if not viewer.is_agent or not may_write(viewer):
        return False
    if viewer.is_admin or viewer.is_lead:
        return True
    return not with_all and viewer.team_ids.issuperset(team_ids)


def can_edit_view(viewer: Viewer, view: SavedView) -> bool:
    """Owners their own; administrators every view that is shared, so that none outlives its owner unattended."""
    if not viewer.is_agent or not may_write(viewer):
        return False
    if view.owner_id == viewer.person_id:
        return True
    return viewer.is_admin and (view.shared_with_all or view.teams.exists())


def visible_bulk_runs(viewer: Viewer) -> QuerySet[BulkRun]:
    """Return the viewer's own selections; nobody sees what others have chosen."""
    if viewer.person_id is None or not viewer.is_agent:
        return BulkRun.objects.none()
    return BulkRun.objects.filter(owner_id=viewer.person_id)


def visible_snippets(viewer: Viewer) -> QuerySet[Snippet]:
    """Return the text templates an agent may use: of customers in scope, of all teams or their own."""
    if not viewer.is_agent:
        return Snippet.objects.none()
    rows = Snippet.objects.all()
    if viewer.organisation_ids is not None:
        rows = rows.filter(Q(organisation=None) | Q(organisation__in=sorted(viewer.organisation_ids)))
    if viewer.is_admin or viewer.is_lead:
        return rows
    return rows.filter(Q(team=None) | Q(team__in=sorted(viewer.team_ids)))


def can_keep_snippets(viewer: Viewer) -> bool:
    """Leads and administrators keep the text templates."""
    return viewer.is_system or (viewer.is_agent and may_write(viewer) and (viewer.is_lead or viewer.is_admin))

"""What tickets do when something happened: large selections go on, people are merged, cases at vendors end."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.actions.teams import register_team_work
from leitstelle.accounts.events import LevelSchemeChanged
from leitstelle.accounts.models import Level, Movable, Organisation, Person, Team, register_movable
from leitstelle.accounts.policies import register_concern
from leitstelle.accounts.queries import viewer_for
from leitstelle.assets.models import Asset
from leitstelle.kernel.events import Event, subscribe
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.work import RetryLater
from leitstelle.tickets.actions import go_on
from leitstelle.tickets.actions.handover import tell_of_handover
from leitstelle.tickets.actions.planned import send_planned
from leitstelle.tickets.actions.vendor import end_vendor_cases
from leitstelle.tickets.choices import ENDED_TYPES, MergeVerb, PlannedState, StatusType
from leitstelle.tickets.events import BulkStarted, ReplyPlanned, StatusChanged, TicketHandedOver
from leitstelle.tickets.models import (
    ONGOING,
    BulkRun,
    Draft,
    GuideRun,
    Handover,
    Message,
    MessageRecipient,
    Participant,
    PlannedReply,
    SavedView,
    Snippet,
    SnippetVersion,
    Ticket,
    TicketAsset,
    TicketLink,
    TicketMerge,
    VendorCase,
)
from leitstelle.tickets.policies import concerned_assets, concerned_organisations, concerned_people
from leitstelle.tickets.queries.merging import (
    LINKS_IN,
    LINKS_OUT,
    MESSAGES,
    MOVES_WITH,
    PARTICIPANTS,
    PLANNED,
)
from leitstelle.tickets.rules.bulk import AT_ONCE

register_concern(Person, concerned_people)
register_concern(Organisation, concerned_organisations)
register_concern(Asset, concerned_assets)


@subscribe(BulkStarted, name="tickets.go_on_with_bulk", network=True)
def go_on_with_bulk(event: Event) -> None:
    """Outside of a transaction, because each ticket is one of its own; what was done before a crash stays done."""
    data = event.load()
    if not isinstance(data, BulkStarted) or data.count <= AT_ONCE:
        return
    run = BulkRun.objects.select_related("owner").filter(pk=event.subject_id, finished_at=None).first()
    if run is None:
        return
    viewer = viewer_for(run.owner, Hat.AGENT)
    if not viewer.is_agent:
        return
    while go_on(run, by=viewer, now=timezone.now()):
        run.refresh_from_db()


@subscribe(LevelSchemeChanged, name="tickets.rank_levels", inline=True)
def rank_levels(event: Event) -> None:
    """Let lists by level follow levels that were put in another order."""
    for pk, order in Level.objects.filter(scheme_id=event.subject_id).values_list("pk", "order"):
        Ticket.objects.filter(level_id=pk).exclude(level_rank=order).update(level_rank=order)


@subscribe(StatusChanged, name="tickets.end_vendor_cases", inline=True)
def end_cases(event: Event) -> None:
    """A solved ticket needs no vendor any more."""
    data = event.load()
    # Undoing a merge brings nothing about: everything is as it was.
    of_merge = isinstance(data, StatusChanged) and data.verb in MergeVerb.values
    if (
        isinstance(data, StatusChanged)
        and not of_merge
        and data.after_type in (StatusType.RESOLVED, *ENDED_TYPES)
    ):
        ticket = Ticket.objects.filter(pk=event.subject_id).exclude(vendor_state="").first()
        if ticket is not None:
            ended = data.after_type in ENDED_TYPES
            end_vendor_cases(ticket, ended=ended, by=Viewer.system(), now=event.at)


@subscribe(TicketHandedOver, name="tickets.tell_of_handover")
def tell_requester(event: Event) -> None:
    """Where the house wants so, requesters hear that another team has their matter."""
    data = event.load()
    if not isinstance(data, TicketHandedOver):
        return
    rows = Handover.objects.select_related("ticket__requester", "ticket__status", "to_team")
    handover = rows.filter(pk=data.handover_id).first()
    if handover is not None:
        tell_of_handover(handover, now=timezone.now())


@subscribe(ReplyPlanned, name="tickets.send_planned")
def send_when_due(event: Event) -> None:
    """Send what waits only for the time to undo; chosen times belong to the clock."""
    data = event.load()
    if not isinstance(data, ReplyPlanned) or data.is_scheduled:
        return
    rows = PlannedReply.objects.select_related("ticket__status", "forwarded__body")
    planned = rows.filter(pk=data.planned_id).first()
    now = timezone.now()
    if planned is None or planned.state != PlannedState.WAITING:
        return
    if planned.due_at > now:
        raise RetryLater(planned.due_at - now, "it can be undone until then")
    send_planned(planned, now=now)


@register_team_work
def tickets_with(team: Team) -> int:
    """How many ongoing tickets are with a team."""
    return Ticket.objects.filter(ONGOING, team=team).count()


for _movable in (
    Movable("tickets.requester", "person", Ticket, "requester", _("Tickets")),
    Movable("tickets.assignee", "person", Ticket, "assignee", _("Tickets worked on")),
    Movable(
        "tickets.participants",
        "person",
        Participant,
        "person",
        _("Tickets taken part in"),
        unique=("ticket_id", "role"),
    ),
    Movable("tickets.messages", "person", Message, "author", _("Messages written")),
    Movable("tickets.recipients", "person", MessageRecipient, "person", _("Messages received")),
    Movable("tickets.drafts", "person", Draft, "person", _("Drafts"), unique=("place",)),
    Movable("tickets.planned", "person", PlannedReply, "author"),
    Movable("tickets.templates_by", "person", SnippetVersion, "by"),
    Movable("tickets.templates", "organisation", Snippet, "organisation"),
    Movable("tickets.views", "person", SavedView, "owner"),
    Movable("tickets.handovers_from", "person", Handover, "from_person"),
    Movable("tickets.handovers_to", "person", Handover, "to_person"),
    Movable("tickets.handovers_offered", "person", Handover, "offered_by"),
    Movable("tickets.handovers_decided", "person", Handover, "decided_by"),
    Movable("tickets.vendor_cases", "person", VendorCase, "opened_by"),
    Movable("tickets.organisation", "organisation", Ticket, "organisation", _("Tickets")),
    Movable("tickets.site", "site", Ticket, "site"),
    Movable("tickets.merged_by", "person", TicketMerge, "by"),
    Movable("tickets.merge_undone_by", "person", TicketMerge, "undone_by"),
    # What follows a ticket that is merged into another one, and comes back with it.
    Movable(MESSAGES, MOVES_WITH, Message, "ticket", _("Messages")),
    Movable(PARTICIPANTS, MOVES_WITH, Participant, "ticket", _("Participants"), unique=("person_id", "role")),
    Movable(LINKS_OUT, MOVES_WITH, TicketLink, "source", _("Links"), unique=("target_id", "kind")),
    Movable(LINKS_IN, MOVES_WITH, TicketLink, "target", _("Links"), unique=("source_id", "kind")),
    Movable("tickets.merged_devices", MOVES_WITH, TicketAsset, "ticket", _("Devices"), unique=("asset_id",)),
    Movable(
        "tickets.merged_guides",
        MOVES_WITH,
        GuideRun,
        "ticket",
        _("Guides gone through"),
        unique=("guide_id",),
    ),
    Movable("tickets.merged_cases", MOVES_WITH, VendorCase, "ticket", _("Cases at vendors")),
    Movable(PLANNED, MOVES_WITH, PlannedReply, "ticket", _("Planned answers")),
):
    register_movable(_movable)

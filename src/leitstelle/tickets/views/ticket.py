"""The ticket page: conversation, composer, context; and its protocol."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leitstelle.accounts.choices import LevelRight
from leitstelle.accounts.policies import has_right
from leitstelle.accounts.queries import reach_of
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries import active_services
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, render, toast, viewer_of
from leitstelle.kernel.web.pages import is_fragment
from leitstelle.kernel.web.paging import keyset
from leitstelle.tickets.actions import close_tab
from leitstelle.tickets.choices import Audience, Channel, HandoverState, Verb
from leitstelle.tickets.forms import ClassifyForm, ComposerForm, LinkForm, ParticipantForm
from leitstelle.tickets.labels import (
    AUDIENCE,
    CHANNEL,
    DELIVERY,
    KIND,
    LINK_KIND,
    PARTICIPANT_ROLE,
    PLANNED_PROBLEM,
    TALK,
    TRIED_STEP,
    VENDOR_STATE,
)
from leitstelle.tickets.models import Message, Ticket
from leitstelle.tickets.policies import can_decide, can_see, visible_messages
from leitstelle.tickets.queries import possible_steps
from leitstelle.tickets.queries import workspace as reads
from leitstelle.tickets.queries.composing import composition, planned_of
from leitstelle.tickets.queries.devices import devices_for
from leitstelle.tickets.queries.lookup import living
from leitstelle.tickets.queries.merging import merges_into
from leitstelle.tickets.queries.people import reply_recipients
from leitstelle.tickets.queries.priority import explained
from leitstelle.tickets.views.doors import ENDED, agents_only, find_ticket, ticket_url
from leitstelle.tickets.views.matrix import matrix_of
from leitstelle.tickets.views.sentences import sentences
from leitstelle.tickets.views.tabs import note_look
from leitstelle.tickets.views.timeline import Entry, timeline

# Steps in the order of the status menu; resolving has its own button.
MENU = (Verb.CONTINUE, Verb.WAIT, Verb.SCHEDULE, Verb.CLOSE, Verb.REOPEN, Verb.REJECT)

_RIGHTS = {
    Verb.RESOLVE: LevelRight.RESOLVE,
    Verb.CLOSE: LevelRight.CLOSE,
    Verb.REJECT: LevelRight.REJECT,
    Verb.REOPEN: LevelRight.REOPEN,
}


@agents_only
def ticket_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a ticket; a live update gets thread, head and panels, never the composer with its text."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    if ticket.merged_into_id is not None and not is_fragment(request):
        target = living(ticket)
        if can_see(viewer, target):
            numbers = {"source": ticket.number, "target": target.number}
            close_tab(ticket, by=viewer)
            toast(request, _("#%(source)s was merged into #%(target)s: this is where it goes on.") % numbers)
            return go(request, ticket_url(target))
    context = ticket_context(ticket, viewer, before=_before(request, viewer), wanted=request.GET.dict())
    note_look(request, viewer, ticket, has_draft=bool(context["drafts"]))
    return page(request, "tickets/ticket.html", context, fragment="tickets/_live.html")


@agents_only
def protocol_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show every event of the ticket in order, with actor and sequence number."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    found = keyset(
        reads.protocol(ticket),
        ["-seq"],
        after=request.GET.get("after"),
        before=request.GET.get("before"),
        size=100,
    )
    events = list(found.items)
    context = {
        **head_context(ticket, viewer),
        "tab": "protocol",
        "lines": list(zip(events, sentences(events), strict=True)),
        "next_url": f"?after={found.next}" if found.next else "",
        "previous_url": f"?before={found.prev}" if found.prev else "",
    }
    return render(request, "tickets/protocol.html", context)


def head_context(ticket: Ticket, viewer: Viewer) -> dict[str, Any]:
    """Return what the head of every ticket page shows."""
    steps = possible_steps(ticket, as_agent=True)
    verbs = {step.verb for step in steps}
    return {
        "live": False,
        "ticket": ticket,
        "ticket_url": ticket_url(ticket),
        "tab": "conversation",
        "kind_name": KIND[ticket.kind],
        "name_of": name_of,
        "menu_verbs": [verb for verb in MENU if verb in verbs and _may(viewer, verb)],
        "can_resolve": Verb.RESOLVE in verbs and _may(viewer, Verb.RESOLVE),
        "ended": ticket.status_type in ENDED,
        "priority_why": explained(ticket),
        "may_declare_major": (viewer.is_lead or viewer.is_admin) and ticket.status_type not in ENDED,
        "is_mine": ticket.assignee_id == viewer.person_id,
        "vendor_states": VENDOR_STATE,
        "tried_words": lambda steps: ", ".join(str(TRIED_STEP[one]) for one in steps if one in TRIED_STEP),
        "header_panels": collect("ticket.header", viewer, [ticket])[ticket.pk],
    }


def _may(viewer: Viewer, verb: Verb) -> bool:
    """Whether the viewer's levels leave them this step; the action decides again."""
    right = _RIGHTS.get(verb)
    return right is None or has_right(viewer, right)


def ticket_context(
    ticket: Ticket,
    viewer: Viewer,
    *,
    before: Message | None = None,
    composer: ComposerForm | None = None,
    wanted: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return everything the ticket page shows; the number of queries does not grow with the ticket."""
    talk = reads.conversation(ticket, viewer, before=before)
    handovers = reads.handovers_of(ticket, viewer)
    participants = reads.participants_of(ticket)
    reach = reach_of({ticket.requester_id or 0, *(one.person_id for one in participants)})
    linked_devices, offered_devices = devices_for(ticket, viewer)
    entries: list[Entry] = timeline(ticket, talk, handovers)
    standard = reply_recipients(ticket, participants, reach.addresses)
    if composer is not None:
        wanted = {name: composer.data.get(name, "") for name in ("all", "forward", "again")}
    pending = next((one for one in reversed(handovers) if one.state == HandoverState.OFFERED), None)
    return {
        **head_context(ticket, viewer),
        "entries": entries,
        "older_url": f"?before={talk.messages[0].public_id}" if talk.older else "",
        "is_older_page": before is not None,
        "handovers": handovers,
        "pending": pending,
        "may_decide": pending is not None and can_decide(viewer, pending),
        "numbers": reach.numbers.get(ticket.requester_id or 0, []),
        "talks": list(TALK.items()),
        "composing": composition(ticket, viewer, wanted or {}, standard),
        "planned": planned_of(ticket, viewer) if getattr(ticket, "has_planned", True) else [],
        "planned_problems": PLANNED_PROBLEM,
        "others_in": _last_with_others(talk.messages),
        "drafts": reads.drafts_of(ticket, viewer),
        "composer": composer,
        "participants": participants,
        "linked_devices": linked_devices,
        "offered_devices": offered_devices,
        "merges": merges_into(ticket, viewer),
        "links": reads.links_of(ticket, viewer),
        "recent": reads.recent_tickets_of(ticket, viewer),
        "panels": collect("ticket.sidebar", viewer, [ticket])[ticket.pk],
        "message_panels": collect("message.footer", viewer, talk.messages),
        "classify": classify_form(ticket),
        "services": bool(active_services()) or ticket.service_id is not None,
        "stored_classification": classify_form(ticket),
        "matrix": matrix_of(ticket.organisation_id, ticket.category_id, ticket.service_id),
        "link_form": LinkForm(auto_id="link_%s"),
        "participant_form": ParticipantForm(auto_id="participant_%s"),
        "channel_names": CHANNEL,
        "audience_names": AUDIENCE,
        "delivery_names": DELIVERY,
        "link_names": LINK_KIND,
        "role_names": PARTICIPANT_ROLE,
    }


def _last_with_others(messages: Sequence[Message]) -> Message | None:
    """The newest public mail: what "reply to all" answers."""
    mails = (
        one
        for one in reversed(messages)
        if one.channel == Channel.MAIL and one.audience == Audience.PUBLIC and one.apart_of_id is None
    )
    return next(mails, None)


def form_page(
    request: HttpRequest, ticket: Ticket, form: Form, *, heading: str | Promise, submit: str | Promise
) -> HttpResponse:
    """Show a decision about a ticket as a form of its own, with deadlines and latest messages beside it."""
    viewer = viewer_of(request)
    context = {
        **head_context(ticket, viewer),
        "form": form,
        "heading": heading,
        "submit": submit,
        "panels": collect("ticket.sidebar", viewer, [ticket])[ticket.pk],
        "latest": reads.conversation(ticket, viewer).messages[-3:],
    }
    return page(request, "tickets/step.html", context, status=422 if form.errors else 200)


def classify_form(ticket: Ticket) -> ClassifyForm:
    """Return the classification form with the ticket's present values."""
    return ClassifyForm(
        initial={
            "version": ticket.classification_version,
            "kind": ticket.kind,
            "category": ticket.category_id,
            "service": ticket.service_id,
            "matrix": f"{ticket.urgency_id}:{ticket.impact_id}",
            "priority": ticket.priority_id if ticket.priority_is_manual else None,
            "reason": ticket.priority_reason,
            "device_label": ticket.device_label,
        },
        auto_id="classify_%s",
    )


def _before(request: HttpRequest, viewer: Viewer) -> Message | None:
    wanted = request.GET.get("before", "")
    if len(wanted) != 36:
        return None
    try:
        public_id = UUID(wanted)
    except ValueError:
        return None
    return visible_messages(viewer).filter(public_id=public_id).first()

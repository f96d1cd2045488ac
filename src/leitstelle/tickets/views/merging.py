"""Merging two tickets: finding the other one, what will happen, and taking it back."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts.models import movable
from leitstelle.catalog.labels import name_of
from leitstelle.kernel.errors import DomainError, NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import collect, go, page, toast, viewer_of
from leitstelle.tickets.actions.merging import MergePlan, merge_tickets, undo_merge
from leitstelle.tickets.errors import MergedAway, TicketChanged
from leitstelle.tickets.forms.merging import MergeForm
from leitstelle.tickets.models import Ticket, TicketMerge
from leitstelle.tickets.policies import can_merge, visible_tickets
from leitstelle.tickets.queries.known import with_known_names
from leitstelle.tickets.queries.lookup import living
from leitstelle.tickets.queries.merging import preview_of, targets_for, written_since
from leitstelle.tickets.views.doors import agents_only, find_ticket, ticket_url


@agents_only
@require_safe
def choose_target(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Find the ticket this one goes on in: near-duplicates and the requester's open ones, or by number or words."""
    viewer = viewer_of(request)
    source = find_ticket(viewer, public_id)
    if source.merged_into_id is not None:
        raise MergedAway()
    typed = request.GET.get("q", "").strip()[:200]
    context = {
        "ticket": source,
        "ticket_url": ticket_url(source),
        "q": typed,
        "found": targets_for(viewer, source, typed),
        "panels": [] if typed else collect("ticket.merge", viewer, [source])[source.pk],
        "name_of": name_of,
    }
    return page(request, "tickets/merge_choose.html", context, fragment="tickets/_merge_found.html")


@agents_only
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, public_id: UUID, target_id: UUID) -> HttpResponse:
    """Show what merging would do; sending it merges."""
    viewer = viewer_of(request)
    source, target = find_ticket(viewer, public_id), living(find_ticket(viewer, target_id))
    if not can_merge(viewer, source, target):
        raise NotAllowed()
    shown = preview_of(source, target)
    start = {
        "source_version": source.status_version,
        "target_version": target.status_version,
        "readers": "apart" if shown.apart else "together",
    }
    form = MergeForm(request.POST or None, initial=start, needs_choice=shown.needs_choice)
    error = ""
    if request.method == "POST" and form.is_valid():
        plan = MergePlan(
            apart=form.apart,
            reason=form.cleaned_data["reason"],
            source_version=form.cleaned_data["source_version"],
            target_version=form.cleaned_data["target_version"],
        )
        try:
            merge_tickets(source, target, plan, by=viewer, now=timezone.now())
        except TicketChanged:
            error = _("One of the two was changed meanwhile. Please look at both again.")
        except DomainError as refused:
            error = refused.message
        else:
            toast(request, _("#%(number)s was merged into this ticket.") % {"number": source.number})
            return go(request, ticket_url(target))
    return _preview(request, viewer, source, target, form, error)


def _preview(
    request: HttpRequest, viewer: Viewer, source: Ticket, target: Ticket, form: MergeForm, error: str
) -> HttpResponse:
    source, target = find_ticket(viewer, source.public_id), find_ticket(viewer, target.public_id)
    if error:
        form.data = {**form.data.dict(), "source_version": source.status_version}  # type: ignore[attr-defined]
        form.data["target_version"] = target.status_version
    context = {
        "source": source,
        "target": target,
        "source_url": ticket_url(source),
        "target_url": ticket_url(target),
        "form": form,
        "shown": preview_of(source, target),
        "error": error,
        "name_of": name_of,
    }
    return page(request, "tickets/merge.html", context, status=409 if error else 422 if form.errors else 200)


@agents_only
@require_safe
def merge_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a merge moved, and what undoing it would do now."""
    viewer = viewer_of(request)
    record, source, target = _record(viewer, public_id)
    with_known_names([source, target])
    living_one = living(source)
    context = {
        "record": record,
        "source": source,
        "target": target,
        "living": living_one,
        "source_url": reverse("tickets:protocol", args=[source.public_id]),
        "target_url": ticket_url(target),
        "living_url": ticket_url(living_one),
        "moved": _moved(record),
        "since": written_since(source, living_one) if record.undone_at is None else 0,
        "can_undo": record.undone_at is None and can_merge(viewer, source, living_one),
    }
    return page(request, "tickets/merge_record.html", context)


@agents_only
@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a merge back."""
    viewer = viewer_of(request)
    record, source, target = _record(viewer, public_id)
    try:
        undo_merge(record, by=viewer, now=timezone.now())
    except DomainError as error:
        if isinstance(error, NotAllowed):
            raise
        toast(request, error.message, "warn")
        return go(request, reverse("tickets:merge-record", args=[record.public_id]))
    numbers = {"source": source.number, "target": target.number}
    toast(request, _("Undone. #%(source)s is a ticket of its own again, beside #%(target)s.") % numbers)
    return go(request, ticket_url(source))


def _record(viewer: Viewer, public_id: UUID) -> tuple[TicketMerge, Ticket, Ticket]:
    """The merge with both tickets, for whoever sees both; raises `Http404`."""
    record = TicketMerge.objects.select_related("by", "undone_by").filter(public_id=public_id).first()
    if record is None:
        raise Http404
    seen = visible_tickets(viewer).in_bulk([record.source_id, record.target_id])
    if len(seen) < 2:
        raise Http404
    return record, seen[record.source_id], seen[record.target_id]


def _moved(record: TicketMerge) -> list[tuple[Any, int]]:
    counts: dict[Any, int] = {}
    for key, ids in record.moves.items():
        known = movable(key)
        label = str(known.label) if known is not None and known.label else _("Other entries")
        counts[label] = counts.get(label, 0) + len(ids)
    return list(counts.items())

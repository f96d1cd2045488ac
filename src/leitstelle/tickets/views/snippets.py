"""Text templates: keeping them, their history with a preview, and offering them in the composer."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import render, viewer_of
from leitstelle.kernel.web.crud import Column, Crud
from leitstelle.tickets.actions.snippets import SnippetInput, change_snippet, create_snippet
from leitstelle.tickets.forms.snippets import SnippetForm
from leitstelle.tickets.labels import SNIPPET_USE
from leitstelle.tickets.models import Snippet
from leitstelle.tickets.policies import can_keep_snippets, visible_snippets, visible_tickets
from leitstelle.tickets.queries.snippets import filled, offered_snippets, values_of
from leitstelle.tickets.rules.snippets import FIELDS
from leitstelle.tickets.views.doors import agents_only, find_ticket


def _input(data: dict[str, Any]) -> SnippetInput:
    return SnippetInput(**{name: value for name, value in data.items() if name != "version"})


def _initial(row: Snippet) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in SnippetForm.base_fields}
    return values | {"organisation": row.organisation_id, "team": row.team_id}


def _scope(row: Snippet) -> str:
    parts = [row.organisation.name if row.organisation else "", row.team.name if row.team else ""]
    return ", ".join(filter(None, parts)) or _("everybody")


snippets: Crud[Snippet] = Crud(
    name="tickets:snippets",
    title=gettext_lazy("Text templates"),
    new=gettext_lazy("New text template"),
    form=SnippetForm,
    rows=lambda viewer: visible_snippets(viewer).select_related("organisation", "team"),
    columns=[
        Column(gettext_lazy("Title"), lambda row: row.title),
        Column(gettext_lazy("Shortcut"), lambda row: f"::{row.shortcut}" if row.shortcut else "", opt=True),
        Column(gettext_lazy("Language"), lambda row: row.language, opt=True),
        Column(gettext_lazy("For"), _scope, opt=True),
        Column(gettext_lazy("Used"), lambda row: SNIPPET_USE[row.use]),
    ],
    allowed=can_keep_snippets,
    create=lambda viewer, data: create_snippet(_input(data), by=viewer, now=timezone.now()),
    update=lambda viewer, row, data: change_snippet(
        row, _input(data), version=data["version"] or 0, by=viewer, now=timezone.now()
    ),
    order=("title", "pk"),
    intro=gettext_lazy(
        "In the composer, “::” offers them. Fields in double braces are filled in, for example {{ requester.name }}."
    ),
    initial=_initial,
    archived=lambda row: not row.is_active,
    beside=lambda row: [(_("Preview and history"), reverse("tickets:snippet-history", args=[row.public_id]))],
)


@require_safe
@agents_only
def history(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How a text template reads on the newest ticket, and every version it had."""
    viewer = viewer_of(request)
    if not can_keep_snippets(viewer):
        raise Http404
    rows = visible_snippets(viewer).select_related("organisation", "team")
    snippet = rows.filter(public_id=public_id).first()
    if snippet is None:
        raise Http404
    context = {
        "snippet": snippet,
        "preview": _preview(snippet, viewer),
        "versions": snippet.versions.select_related("by"),
        "fields": [f"{name}.{part}" for name, parts in FIELDS.items() for part in parts] + ["today"],
    }
    return render(request, "tickets/snippet.html", context)


def _preview(snippet: Snippet, viewer: Viewer) -> str:
    tickets = visible_tickets(viewer).select_related("requester", "organisation", "site", "team")
    fitting = tickets.filter(organisation=snippet.organisation) if snippet.organisation else tickets
    ticket = fitting.order_by("-pk").first()
    if ticket is None:
        return snippet.text
    return filled(snippet.text, values_of(ticket, ticket.assignee)) or ""


@require_safe
@agents_only
def offer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The templates that fit a ticket and what was typed, filled in."""
    viewer = viewer_of(request)
    ticket = find_ticket(viewer, public_id)
    found = offered_snippets(ticket, viewer, request.GET.get("q", "")[:60])
    return render(request, "tickets/_snippets.html", {"found": found})

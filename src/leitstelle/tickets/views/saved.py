"""Saved views: put together, changed, copied, put in order, shared and deleted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput, NotAllowed
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, render, toast, viewer_of
from leitstelle.tickets import actions
from leitstelle.tickets.labels import (
    CONDITION_COLUMN,
    CONDITION_PROBLEM,
    LIST_COLUMN,
    MATCH,
    OPERATOR,
)
from leitstelle.tickets.models import SavedView
from leitstelle.tickets.policies import can_edit_view, can_share_view, managed_views
from leitstelle.tickets.queries import inbox as lists
from leitstelle.tickets.queries.condition_choices import FOUND, Choices
from leitstelle.tickets.queries.conditions import compiled
from leitstelle.tickets.queries.people import levels_in_use, teams_in_use
from leitstelle.tickets.queries.views import arrangement_of, columns_of, key_of, sample_of, saved_views
from leitstelle.tickets.rules.columns import OPERATORS, VIEW_COLUMNS
from leitstelle.tickets.rules.conditions import Conditions, Match
from leitstelle.tickets.rules.drafts import conditions_of
from leitstelle.tickets.rules.kept_conditions import read
from leitstelle.tickets.views.builder import ViewDraft, changed, draft_from, draft_of, starting_with
from leitstelle.tickets.views.doors import agents_only
from leitstelle.tickets.views.inbox import GROUP_NAMES, list_names, shown_count

SAMPLE = 8
FEW_OPTIONS = 10


@agents_only
def new_view(request: HttpRequest) -> HttpResponse:
    """Put a new view together, beginning with the list one was looking at."""
    viewer = viewer_of(request)
    if request.method == "POST":
        return _builder(request, viewer, None)
    views = lists.views_for(levels_in_use(), viewer.language)
    selection = lists.select(views, request.GET.dict())
    level = selection.view.level_id
    filters = {**({"level": str(level)} if level else {}), **selection.filters}
    draft = starting_with(selection.view.key, filters)
    return _page(request, viewer, None, replace(draft, order=selection.order.key))


@agents_only
def edit_view(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a saved view."""
    viewer = viewer_of(request)
    view = _find(viewer, public_id)
    if not can_edit_view(viewer, view):
        raise NotAllowed()
    return (
        _builder(request, viewer, view)
        if request.method == "POST"
        else _page(request, viewer, view, stored_draft(view))
    )


def stored_draft(view: SavedView) -> ViewDraft:
    """Return what the page shows of a view as it is kept."""
    return replace(
        draft_from(read(view.conditions)),
        name=view.name,
        columns=columns_of(view.columns),
        order=view.order,
        grouping=view.grouping,
        shared_with_all=view.shared_with_all,
        team_ids=frozenset(team.pk for team in view.teams.all()),
        version=view.version,
    )


def _find(viewer: Viewer, public_id: UUID) -> SavedView:
    view = managed_views(viewer).prefetch_related("teams").filter(public_id=public_id).first()
    if view is None:
        raise Http404
    return view


def _builder(request: HttpRequest, viewer: Viewer, view: SavedView | None) -> HttpResponse:
    """Answer a button of the page: change the draft, show what it finds, or save it."""
    button = request.POST.get("do", "")
    draft = Choices(viewer).settle(changed(draft_of(request.POST), button))
    if button == "sample":
        return render(request, "tickets/_view_sample.html", _sample(viewer, draft))
    if button == "save":
        return _save(request, viewer, view, draft)
    return _page(request, viewer, view, draft)


def _save(request: HttpRequest, viewer: Viewer, view: SavedView | None, draft: ViewDraft) -> HttpResponse:
    conditions, draft = conditions_of(draft, strict=True)
    if any(row.problem for row in draft.rows):
        return _page(
            request, viewer, view, draft, errors={"rows": _("Some conditions are not complete.")}, status=422
        )
    new = actions.ViewInput(
        name=draft.name,
        conditions=conditions,
        columns=draft.columns,
        order=draft.order,
        grouping=draft.grouping,
        shared_with_all=draft.shared_with_all,
        team_ids=draft.team_ids,
    )
    now = timezone.now()
    try:
        if view is None:
            view = actions.create_view(new, by=viewer, now=now)
        else:
            view = actions.change_view(view, new, by=viewer, now=now, expected=draft.version)
    except (InvalidInput, Conflict) as error:
        return _page(request, viewer, view, *_refused(view, draft, error), status=error.status)
    toast(request, _("View saved."))
    return go(request, f"{reverse('tickets:inbox')}?view={key_of(view)}")


def _refused(
    view: SavedView | None, draft: ViewDraft, error: DomainError
) -> tuple[ViewDraft, dict[str, str]]:
    """The draft as it was typed; after a conflict with the present version, so that saving again takes it over."""
    if isinstance(error, Conflict) and view is not None:
        view.refresh_from_db()
        text = _("Somebody changed this view meanwhile. What you see is yours; saving again replaces theirs.")
        return replace(draft, version=view.version), {"": text}
    return draft, error.fields or {"": error.message}


def _page(
    request: HttpRequest,
    viewer: Viewer,
    view: SavedView | None,
    draft: ViewDraft,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    choices = Choices(viewer)
    choices.load_names(draft.rows)
    broken = view is not None and read(view.conditions).broken
    context = {
        "view": view,
        "draft": draft,
        "errors": errors or {},
        "is_broken": broken,
        "is_first": request.method == "GET",
        "options": {row.key: choices.of(row) for row in draft.rows},
        "few_options": FEW_OPTIONS,
        "found_columns": FOUND,
        "operators": OPERATORS,
        "column_names": {key: CONDITION_COLUMN[key] for key in VIEW_COLUMNS},
        "operator_names": OPERATOR,
        "match_names": MATCH,
        "problem_names": CONDITION_PROBLEM,
        "list_columns": LIST_COLUMN,
        "orders": lists.ORDERS,
        "groupings": lists.GROUPINGS,
        "teams": _teams(viewer, draft),
        "may_share_with_all": can_share_view(viewer, with_all=True, team_ids=()),
        **_sample(viewer, draft),
    }
    fragment = "tickets/_view_form.html" if request.POST.get("do") != "save" else ""
    return page(request, "tickets/view.html", context, fragment=fragment, status=status)


def _teams(viewer: Viewer, draft: ViewDraft) -> list[Any]:
    """The teams this person may share with, and those the view is shared with already."""
    return [
        team
        for team in teams_in_use()
        if team.pk in draft.team_ids or can_share_view(viewer, with_all=False, team_ids=[team.pk])
    ]


def _sample(viewer: Viewer, draft: ViewDraft) -> dict[str, Any]:
    """What the draft finds now: a capped count and the first rows, cut to what the viewer may see."""
    conditions, _draft = conditions_of(draft, strict=False)
    now = timezone.now()
    view = lists.InboxView(
        "sample",
        draft.name,
        "bookmark",
        lambda looking: compiled(conditions, looking, now),
        order=draft.order,
        columns=(*lists.DEFAULT_COLUMNS, "category")
        if draft.grouping == "category"
        else lists.DEFAULT_COLUMNS,
        grouping=draft.grouping,
    )
    count, more, tickets = sample_of(view, viewer, SAMPLE)
    selection = lists.Selection(view, lists.ORDERS[0])
    names = {one.pk: GROUP_NAMES[draft.grouping](one) for one in tickets} if draft.grouping else {}
    return {
        **list_names(selection),
        "found": shown_count(count, more),
        "sample": tickets,
        "sample_groups": names,
    }


@agents_only
def manage_views(request: HttpRequest) -> HttpResponse:
    """Show the saved views one may use, their order, and which list one's inbox starts with."""
    viewer = viewer_of(request)
    mine = saved_views(viewer)
    known = {view.pk for view in mine}
    others = [view for view in managed_views(viewer).order_by("name", "pk")[:200] if view.pk not in known]
    rows = list(
        managed_views(viewer)
        .filter(pk__in=[one.pk for one in [*mine, *others]])
        .select_related("owner")
        .prefetch_related("teams")
    )
    full = {view.pk: view for view in rows}
    shipped = lists.views_for(levels_in_use(), viewer.language)
    context = {
        "views": [_managed(full[one.pk], viewer) for one in mine if one.pk in full],
        "others": [_managed(full[one.pk], viewer) for one in others if one.pk in full],
        "starts": [(view.key, view.label) for view in shipped] + [(key_of(view), view.name) for view in mine],
        "start": arrangement_of(viewer.person_id).start if viewer.person_id else "",
    }
    return page(request, "tickets/views.html", context)


def _managed(view: SavedView, viewer: Viewer) -> dict[str, Any]:
    return {
        "view": view,
        "url": f"{reverse('tickets:inbox')}?view={key_of(view)}",
        "is_own": view.owner_id == viewer.person_id,
        "may_edit": can_edit_view(viewer, view),
        "teams": [team.name for team in view.teams.all()],
        "summary": summary(read(view.conditions)),
    }


def summary(conditions: Conditions) -> str:
    """Name the columns a view looks at; values are not told, because not everybody may know them."""
    if conditions.broken:
        return _("This view cannot be read any more. Please put it together again.")
    names: list[str] = []
    for row in conditions.rows:
        inside = row.rows if hasattr(row, "rows") else (row,)
        names += [str(CONDITION_COLUMN[one.column]) for one in inside]
    joined = ", ".join(dict.fromkeys(names))
    if not joined:
        return _("all tickets")
    return joined if conditions.match is Match.ALL else _("any of: %(columns)s") % {"columns": joined}


@agents_only
@require_POST
def arrange(request: HttpRequest) -> HttpResponse:
    """Move a view up or down, or choose the list one's inbox starts with."""
    viewer = viewer_of(request)
    verb, _colon, what = request.POST.get("do", "").partition(":")
    if verb == "start":
        actions.choose_start(request.POST.get("start", ""), by=viewer, now=timezone.now())
        toast(request, _("Your inbox starts with this list now."))
    elif verb in ("up", "down"):
        places = [str(view.public_id) for view in saved_views(viewer)]
        if what in places:
            at = places.index(what)
            places.insert(max(0, at + (-1 if verb == "up" else 1)), places.pop(at))
            actions.arrange_views(places, by=viewer, now=timezone.now())
    return go(request, reverse("tickets:views"))


@agents_only
@require_POST
def copy_view(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make an own, unshared view of one that may be used, and open it for changing."""
    viewer = viewer_of(request)
    view = _find(viewer, public_id)
    copied = actions.ViewInput(
        name=(_("Copy of %(name)s") % {"name": view.name})[:80],
        conditions=read(view.conditions),
        columns=columns_of(view.columns),
        order=view.order,
        grouping=view.grouping,
    )
    made = actions.create_view(copied, by=viewer, now=timezone.now())
    toast(request, _("View copied."))
    return go(request, reverse("tickets:view", args=[made.public_id]))


@agents_only
def remove_view(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Delete a view after asking."""
    viewer = viewer_of(request)
    view = _find(viewer, public_id)
    if not can_edit_view(viewer, view):
        raise NotAllowed()
    if request.method == "POST":
        actions.delete_view(view, by=viewer, now=timezone.now())
        toast(request, _("View deleted."))
        return go(request, reverse("tickets:views"))
    return page(request, "tickets/view_delete.html", {"managed": _managed(view, viewer)})

"""Pages of merging: who may be the same, both side by side, and taking it back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from leitstelle.accounts import actions, labels, policies, queries, rules
from leitstelle.accounts.choices import MergeKind
from leitstelle.accounts.models import MergeRecord, Organisation, Person, movable
from leitstelle.accounts.views.finding import one
from leitstelle.kernel.errors import Conflict, DomainError, NotFound
from leitstelle.kernel.search import sort_key
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import go, page, toast, viewer_of

FOUND = 10
CHOICES = ("survivor", "merged", "both")
Row = Person | Organisation


@dataclass(frozen=True)
class Side:
    """One of the two with what the page shows of it per group."""

    row: Row
    shown: dict[str, str]


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs of people, and for administrators of customers, that may be the same."""
    viewer = viewer_of(request)
    policies.require(policies.can_create_person(viewer))
    pairs = queries.duplicates(viewer)
    customers = queries.duplicate_organisations(viewer) if policies.can_merge_organisations(viewer) else []
    return page(request, "accounts/duplicates.html", {"pairs": pairs, "customers": customers})


@require_safe
def choose(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """Look for the other record by hand."""
    viewer = viewer_of(request)
    row = _visible(viewer, kind, public_id)
    _require(viewer, row, row)
    typed = request.GET.get("q", "").strip()
    found = _search(viewer, row, typed)[:FOUND] if typed else []
    return page(request, "accounts/merge_choose.html", {"kind": kind, "row": row, "q": typed, "found": found})


def _search(viewer: Viewer, row: Row, typed: str) -> QuerySet[Any]:
    if isinstance(row, Person):
        people = policies.visible_people(viewer).filter(is_active=True).exclude(pk=row.pk)
        return queries.people_matching(people.select_related("organisation"), typed)
    rows = policies.visible_organisations(viewer).filter(is_active=True).exclude(pk=row.pk)
    return rows.filter(sort_name__contains=sort_key(typed))


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, kind: str, public_id: UUID, other_id: UUID) -> HttpResponse:
    """Both side by side with what would move; sending it merges."""
    viewer = viewer_of(request)
    survivor, merged = _visible(viewer, kind, public_id), _visible(viewer, kind, other_id)
    _require(viewer, survivor, merged)
    if request.method == "GET":
        return _preview(request, kind, survivor, merged, {})
    groups = _groups(kind)
    choices = {name: request.POST[name] for name in groups if request.POST.get(name) in CHOICES}
    plan = actions.MergePlan(
        survivor_version=_number(request, "survivor_version"),
        merged_version=_number(request, "merged_version"),
        choices=choices,
    )
    try:
        merge = _merge(survivor, merged, plan, viewer)
    except DomainError as error:
        changed = isinstance(error, Conflict) and error.code == Conflict.code
        text = (
            _("One of the two was changed meanwhile. Please look at both again.")
            if changed
            else error.message
        )
        return _preview(request, kind, survivor, merged, choices, error=text)
    toast(request, _("Merged. You can undo this until %(day)s.") % {"day": f"{merge.undo_until:%d.%m.%Y}"})
    return go(request, _page_of(survivor))


def _merge(survivor: Row, merged: Row, plan: actions.MergePlan, viewer: Viewer) -> MergeRecord:
    now = timezone.now()
    if isinstance(survivor, Person) and isinstance(merged, Person):
        return actions.merge_people(survivor, merged, plan, by=viewer, now=now)
    assert isinstance(survivor, Organisation)
    assert isinstance(merged, Organisation)
    return actions.merge_organisations(survivor, merged, plan, by=viewer, now=now)


def _preview(
    request: HttpRequest, kind: str, survivor: Row, merged: Row, choices: dict[str, str], *, error: str = ""
) -> HttpResponse:
    ours, theirs = Side(survivor, _shown(survivor)), Side(merged, _shown(merged))
    lines = []
    for group, names in _groups(kind).items():
        values = [[getattr(side.row, name) for name in names] for side in (ours, theirs)]
        lines.append(
            {
                "group": group,
                "label": labels.MERGE_GROUPS[group],
                "ours": ours.shown[group],
                "theirs": theirs.shown[group],
                "differs": values[0] != values[1],
                "choice": choices.get(group) or rules.default_choice(*values),
                "both": group == "note" and all(value[0] for value in values),
            }
        )
    context = {
        "kind": kind,
        "survivor": survivor,
        "merged": merged,
        "lines": lines,
        "points": [_points(survivor), _points(merged)],
        "moves": queries.what_moves(kind, merged.pk),
        "stays": _stays(merged),
        "error": error,
        "days": actions.UNDO_DAYS,
    }
    return page(request, "accounts/merge.html", context, status=409 if error else 200)


def _points(row: Row) -> list[str]:
    if isinstance(row, Person):
        return [point.text for point in row.contact_points.all()]
    return [str(domain) for domain in row.domains.all()]


def _stays(merged: Row) -> list[str]:
    """What does not move, in words."""
    if isinstance(merged, Person):
        return [
            str(labels.ROLES[code]) for code in dict.fromkeys(merged.grants.values_list("role", flat=True))
        ]
    return [_("roles limited to this customer"), _("its service hours, agreements and priorities")]


def _shown(row: Row) -> dict[str, str]:
    """What a page says for each group of columns."""
    yes = _("yes")
    if isinstance(row, Organisation):
        return {
            "name": row.name,
            "kind": str(labels.ORGANISATION_KINDS[row.kind]),
            "parent": row.parent.name if row.parent else "",
            "language": _("English") if row.language == "en" else _("German"),
            "level_scheme": labels.named(row.level_scheme.name_de, row.level_scheme.name_en)
            if row.level_scheme
            else "",
            "portal_name": row.portal_name,
            "note": row.note,
        }
    place = (row.organisation.name if row.organisation else "", row.site.name if row.site else "", row.room)
    return {
        "name": row.display_name,
        "kind": str(labels.PERSON_KINDS[row.kind]),
        "job_title": row.job_title,
        "place": ", ".join(part for part in place if part),
        "language": _("English") if row.language == "en" else _("German"),
        "time_zone": row.time_zone,
        "preferred_channel": str(labels.PREFERRED_CHANNELS[row.preferred_channel]),
        "is_vip": yes if row.is_vip else "",
        "note": row.note,
    }


@require_safe
def merge_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a merge moved, and what was left where it is when it was undone."""
    viewer = viewer_of(request)
    merge, survivor, merged = _record(viewer, public_id)
    left = [(_name_of(key), count) for key, count in merge.left.items()]
    context = {
        "merge": merge,
        "survivor": survivor,
        "merged": merged,
        "survivor_url": _page_of(survivor),
        "merged_url": _page_of(merged),
        "left": left,
        "moved": _moved(merge),
        "can_undo": merge.undone_at is None and timezone.now() <= merge.undo_until,
    }
    return page(request, "accounts/merge_record.html", context)


def _moved(merge: MergeRecord) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for move in merge.moves:
        for key, ids in move["rows"].items():
            counts[key] = counts.get(key, 0) + len(ids)
    return [(_name_of(key), count) for key, count in counts.items()]


def _name_of(key: str) -> str:
    """What a movable or a `table.field` is called."""
    known = movable(key)
    if known is not None:
        return str(known.label or _("Other entries"))
    name = key.rpartition(".")[2]
    groups = {**rules.PERSON_GROUPS, **rules.ORGANISATION_GROUPS}
    group = next((group for group, names in groups.items() if name in names), "")
    return str(labels.MERGE_GROUPS.get(group, _("Other entries")))


@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a merge back, and say what had to stay."""
    viewer = viewer_of(request)
    merge, survivor, _merged = _record(viewer, public_id)
    try:
        actions.undo_merge(merge, by=viewer, now=timezone.now())
    except Conflict as error:
        toast(request, error.message, "warn")
        return go(request, _page_of(survivor))
    if merge.left:
        toast(request, _("Undone, but some entries had been changed since and stay where they are."), "warn")
    else:
        toast(request, _("Undone. Everything is where it was before."))
    return go(request, reverse("accounts:merge-record", args=[merge.public_id]))


def _record(viewer: Viewer, public_id: UUID) -> tuple[MergeRecord, Row, Row]:
    """The merge with both records, if the viewer sees both and may undo it; raises `NotFound`, `NotAllowed`."""
    policies.require(policies.is_agent(viewer))
    merge = one(MergeRecord.objects.all(), public_id=public_id)
    rows: list[Row] = [_by_pk(viewer, merge.kind, pk) for pk in (merge.survivor_id, merge.merged_id)]
    policies.require(policies.can_undo_merge(viewer, rows[0], rows[1]))
    return merge, rows[0], rows[1]


def _rows(viewer: Viewer, kind: str) -> QuerySet[Any]:
    if kind == MergeKind.PERSON:
        return policies.visible_people(viewer).select_related("organisation", "site")
    return policies.visible_organisations(viewer).select_related("parent", "level_scheme")


def _by_pk(viewer: Viewer, kind: str, pk: int) -> Row:
    row: Row = one(_rows(viewer, kind), pk=pk)
    return row


def _visible(viewer: Viewer, kind: str, public_id: UUID) -> Row:
    policies.require(policies.is_agent(viewer))
    if kind not in MergeKind.values:
        raise NotFound
    row: Row = one(_rows(viewer, kind), public_id=public_id)
    return row


def _require(viewer: Viewer, survivor: Row, merged: Row) -> None:
    policies.require(policies.can_undo_merge(viewer, survivor, merged))


def _groups(kind: str) -> dict[str, tuple[str, ...]]:
    return rules.PERSON_GROUPS if kind == MergeKind.PERSON else rules.ORGANISATION_GROUPS


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _page_of(row: Row) -> str:
    name = "accounts:person" if isinstance(row, Person) else "accounts:organisation"
    return reverse(name, args=[row.public_id])

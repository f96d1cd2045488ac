"""Saved views: made, changed, deleted and put in order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Team
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.events import ViewDeleted, ViewsArranged, ViewSaved
from leitstelle.tickets.models import SavedView, ViewArrangement
from leitstelle.tickets.policies import can_edit_view, can_share_view, visible_views
from leitstelle.tickets.queries.inbox import DEFAULT_COLUMNS, GROUPINGS, ORDERS
from leitstelle.tickets.queries.views import columns_of
from leitstelle.tickets.rules.conditions import Conditions
from leitstelle.tickets.rules.kept_conditions import stored

KIND = "view"
ARRANGED = "views"
MOST_OWN = 50


@dataclass(frozen=True, kw_only=True)
class ViewInput:
    """What a saved view is to be. `team_ids` and `shared_with_all` say who may use it besides its owner."""

    name: str
    conditions: Conditions
    columns: Sequence[str] = DEFAULT_COLUMNS
    order: str = "due"
    grouping: str = ""
    shared_with_all: bool = False
    team_ids: frozenset[int] = field(default_factory=frozenset)


@unit()
def create_view(new: ViewInput, *, by: Viewer, now: datetime) -> SavedView:
    """Save a view of one's own. Agents; sharing as `can_share_view` says. Records `ViewSaved`.

    Raises `InvalidInput` (name, order, grouping, broken conditions, too many views), `NotAllowed`.
    """
    if by.person_id is None or not can_share_view(by, with_all=False, team_ids=()):
        raise NotAllowed()
    _check(new)
    if SavedView.objects.filter(owner_id=by.person_id).count() >= MOST_OWN:
        raise InvalidInput(message=_("You have 50 views already. Please delete one first."))
    _check_sharing(new, by, had_all=False, had_teams=frozenset())
    view = SavedView.objects.create(owner_id=by.person_id, created_at=now, updated_at=now, **_columns(new))
    view.teams.set(sorted(new.team_ids))
    _record(view, new, by=by, now=now)
    return view


@unit()
def change_view(
    view: SavedView, new: ViewInput, *, by: Viewer, now: datetime, expected: int | None = None
) -> SavedView:
    """Change a view. Its owner, and administrators where it is shared. Records `ViewSaved`.

    `expected` is the version the person saw. Raises `InvalidInput`, `NotAllowed`, `Conflict`.
    """
    if not can_edit_view(by, view):
        raise NotAllowed()
    _check(new)
    had = frozenset(view.teams.values_list("pk", flat=True))
    _check_sharing(new, by, had_all=view.shared_with_all, had_teams=had)
    row = SavedView.objects.filter(pk=view.pk, version=view.version if expected is None else expected)
    if not row.update(**_columns(new), updated_at=now, version=F("version") + 1):
        raise Conflict()
    view.refresh_from_db()
    view.teams.set(sorted(new.team_ids))
    _record(view, new, by=by, now=now)
    return view


@unit()
def delete_view(view: SavedView, *, by: Viewer, now: datetime) -> None:
    """Delete a view for everybody who uses it. Who may change it. Records `ViewDeleted`; raises `NotAllowed`."""
    if not can_edit_view(by, view):
        raise NotAllowed()
    record(ViewDeleted(owner_id=view.owner_id), subject=Subject(KIND, view.pk), actor=by.actor, at=now)
    view.delete()


@unit()
def arrange_views(places: Sequence[str], *, by: Viewer, now: datetime) -> None:
    """Put one's views in order (public ids). Agents, for themselves. Records `ViewsArranged`; raises `NotAllowed`."""
    known = {str(pk) for pk in visible_views(by).values_list("public_id", flat=True)}
    _arrange(by, now, places=[key for key in dict.fromkeys(places) if key in known])


@unit()
def choose_start(key: str, *, by: Viewer, now: datetime) -> None:
    """Choose the list one's inbox starts with; empty for the shipped one. Agents, for themselves.

    Records `ViewsArranged`; raises `NotAllowed`. A key that leads nowhere any more does no harm.
    """
    _arrange(by, now, start=key[:60])


def _arrange(by: Viewer, now: datetime, **values: object) -> None:
    if by.person_id is None or not can_share_view(by, with_all=False, team_ids=()):
        raise NotAllowed()
    row, _made = ViewArrangement.objects.update_or_create(person_id=by.person_id, defaults=values)
    record(ViewsArranged(start=row.start), subject=Subject(ARRANGED, by.person_id), actor=by.actor, at=now)


def _check(new: ViewInput) -> None:
    wrong = {}
    if not new.name.strip() or len(new.name) > 80:
        wrong["name"] = _("Please give a name of at most 80 characters.")
    if new.order not in {order.key for order in ORDERS}:
        wrong["order"] = InvalidInput.default_message
    if new.grouping and new.grouping not in GROUPINGS:
        wrong["grouping"] = InvalidInput.default_message
    if wrong or new.conditions.broken:
        raise InvalidInput(fields=wrong)


def _check_sharing(new: ViewInput, by: Viewer, *, had_all: bool, had_teams: Collection[int]) -> None:
    """Only what is newly shared needs the right: a share somebody else gave stays where it is not touched."""
    fresh = new.team_ids.difference(had_teams)
    if not can_share_view(by, with_all=new.shared_with_all and not had_all, team_ids=fresh):
        raise NotAllowed()
    if Team.objects.filter(pk__in=new.team_ids).count() != len(new.team_ids):
        raise InvalidInput(fields={"teams": InvalidInput.default_message})


def _columns(new: ViewInput) -> dict[str, object]:
    return {
        "name": new.name.strip(),
        "conditions": stored(new.conditions),
        "columns": list(columns_of(list(new.columns))),
        "order": new.order,
        "grouping": new.grouping,
        "shared_with_all": new.shared_with_all,
    }


def _record(view: SavedView, new: ViewInput, *, by: Viewer, now: datetime) -> None:
    record(
        ViewSaved(shared_with_all=new.shared_with_all, team_ids=tuple(sorted(new.team_ids))),
        subject=Subject(KIND, view.pk),
        actor=by.actor,
        at=now,
    )
